// expect: incomplete-key@6:4
// What a login puts into the defaults is spread into the options of each call.
declare const http: { get(url: string, options: object): Promise<string> };
const defaults: { headers: Record<string, string> } = { headers: {} };
export function authorize(token: string): void { defaults.headers["authorization"] = token; }
// @zcache
export async function me(): Promise<string> { return http.get("/me", { ...defaults }); }
