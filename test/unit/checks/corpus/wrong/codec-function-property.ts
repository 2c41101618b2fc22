// expect: unfaithful-codec@7:4
interface Plan {
  name: string;
  price: (seats: number) => number;
}

// @zcache ttl: 10m
export async function plan(name: string): Promise<Plan> {
  return { name, price: (seats) => seats * 9 };
}
