// expect: ttl-without-unit@6:18
interface Token {
  readonly text: string;
  readonly expiresIn: number | null;
}
// @zcache ttl: "result.expiresIn ?? 60"
export async function token(user: string): Promise<Token> {
  return { text: user, expiresIn: null };
}
