// expect: incomplete-key@15:6
interface PaymentGateway {
  balance(account: string): Promise<number>;
}
class HttpGateway implements PaymentGateway {
  constructor(private readonly url: string) {}
  async balance(account: string): Promise<number> {
    return Number(await (await fetch(`${this.url}/${account}`)).text());
  }
}

class Balances {
  constructor(private readonly gateway: PaymentGateway) {}

  // @zcache ttl: 1m
  async balance(account: string): Promise<number> {
    return this.gateway.balance(account);
  }
}

export const test = new Balances(new HttpGateway("https://sandbox.pay"));
export const live = new Balances(new HttpGateway("https://pay"));
