// expect: incomplete-key@3:6
export const createClient = (baseUrl: string) => {
  // @zcache
  const get = async (path: string): Promise<string> => (await fetch(baseUrl + path)).text();
  return { get };
};
