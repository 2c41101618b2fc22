// @zcache key: "near:{Math.round(latitude * 10)}:{Math.round(longitude * 10)}:{String(zoom)}:{Object.keys(filter).length}:{JSON.stringify(filter)}"
export async function near(
  latitude: number,
  longitude: number,
  zoom: number,
  filter: Record<string, string>,
): Promise<number[]> {
  return [Math.round(latitude * 10), Math.round(longitude * 10), zoom, Object.keys(filter).length];
}
