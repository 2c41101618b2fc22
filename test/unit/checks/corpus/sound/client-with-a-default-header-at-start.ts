declare const axios: { create(options: object): Http };
interface Http {
  readonly defaults: { readonly headers: Record<string, string> };
  get(path: string): Promise<{ readonly data: string }>;
}
const http = axios.create({ timeout: 5000 });
http.defaults.headers["x-api-key"] = process.env["API_KEY"] ?? "";

// @zcache ttl: 1m
export async function country(code: string): Promise<string> {
  const { data } = await http.get(`/countries/${code}`);
  return data;
}
