import { type Gateway, Payments } from "./payments";

class Stripe implements Gateway {
  async status(id: number): Promise<string> {
    return (await fetch(`https://stripe.test/${id}`)).text();
  }
}

export function makeStripe(): Payments {
  return new Payments(new Stripe());
}
