// expect: ttl-without-unit@6:33
interface Token {
  readonly text: string;
  readonly expiresIn: number;
}
// @zcache key: "token", ttl: "{result.expiresIn}"
export async function token(): Promise<Token> {
  return { text: "t", expiresIn: 3600 };
}
