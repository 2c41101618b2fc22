// expect: incomplete-key@9:6
export interface Gateway {
  status(id: number): Promise<string>;
}

export class Payments {
  constructor(private readonly gateway: Gateway) {}

  // @zcache
  async status(id: number): Promise<string> {
    return this.gateway.status(id);
  }
}
