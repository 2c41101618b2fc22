import { type Gateway, Payments } from "./payments";

class Paypal implements Gateway {
  async status(id: number): Promise<string> {
    return (await fetch(`https://paypal.test/${id}`)).text();
  }
}

export function makePaypal(): Payments {
  return new Payments(new Paypal());
}
