// A method named delete removes a row, and changes nothing of the class.
declare const redis: {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  del(key: string): Promise<void>;
};

export class Codes {
  private static readonly prefix = "code:";

  private static keyOf(email: string): string {
    return `${this.prefix}${email}`;
  }

  // @zcache
  static async retrieve(email: string): Promise<string | null> {
    return redis.get(`${Codes.prefix}${email}`);
  }

  // @zcache
  static async find(email: string): Promise<string | null> {
    return redis.get(this.keyOf(email));
  }

  static async delete(email: string): Promise<void> {
    await redis.del(this.keyOf(email));
  }

  static async verify(email: string, code: string): Promise<boolean> {
    const isRight = (await Codes.retrieve(email)) === code;
    if (isRight) await Codes.delete(email);
    return isRight;
  }
}
