// expect: hint undetermined-result@2:4
// @zcache ttl: 10m
export async function isOpen(shop: string): Promise<boolean> {
  const hour = new Date().getHours();
  return hour > 8 && hour < 17 && shop !== "";
}
