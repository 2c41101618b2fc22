// expect: unfaithful-codec@14:4
class Token {
  readonly subject: string;
  #secret: string;
  constructor(subject: string, secret: string) {
    this.subject = subject;
    this.#secret = secret;
  }
  static reveal(token: Token): string {
    return token.#secret;
  }
}

// @zcache ttl: 1m
export async function issue(subject: string): Promise<Token> {
  return new Token(subject, subject);
}
