// expect: incomplete-key@13:4
declare const axios: { create(options: object): Http };
interface Http {
  readonly defaults: { readonly headers: Record<string, string> };
  get(path: string): Promise<{ readonly data: string }>;
}
const http = axios.create({ timeout: 5000 });

export function authenticate(token: string): void {
  http.defaults.headers["authorization"] = `Bearer ${token}`;
}

// @zcache ttl: 1m
export async function me(): Promise<string> {
  const { data } = await http.get("/me");
  return data;
}
