class Money {
  constructor(
    readonly amount: number,
    readonly currency: string,
  ) {}
  plus(other: Money): Money {
    return new Money(this.amount + other.amount, this.currency);
  }
  toJSON(): string {
    return `${this.amount} ${this.currency}`;
  }
}

// @zcache ttl: 1m
export async function convert(money: Money, to: string): Promise<number> {
  return money.plus(money).amount + to.length;
}
