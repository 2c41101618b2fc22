// expect: incomplete-key@8:17
interface Viewer {
  tenant: string;
  userId: number;
}
declare const db: { dashboard(viewer: Viewer): Promise<string> };

// @zcache key: "dashboard:{day}"
export async function dashboard(viewer: Viewer, day: string): Promise<string> {
  return db.dashboard(viewer);
}
