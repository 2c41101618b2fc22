// expect: unshareable-result@2:4
// @zcache ttl: 10m
export const fetchPage = async (url: string) => fetch(url);
