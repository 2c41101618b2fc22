export const examples: Readonly<Record<string, string>> = {
  "A function": `import { invalidateTag } from "zcache";

interface Profile {
  id: number;
  name: string;
}

// @zcache ttl: 10m, tags: ["user:{id}"]
export async function profile(id: number): Promise<Profile> {
  const response = await fetch(\`https://users.example/\${id}\`);
  return (await response.json()) as Profile;
}

export async function rename(id: number, name: string): Promise<void> {
  await fetch(\`https://users.example/\${id}?name=\${name}\`);
  await invalidateTag(\`user:\${id}\`);
}
`,
  "A key that leaves something out": `interface Price {
  amount: number;
  currency: string;
}

export class Prices {
  constructor(private readonly tenant: string) {}

  // @zcache ttl: 1h, key: "price:{sku}"
  async find(sku: string): Promise<Price> {
    const response = await fetch(\`https://\${this.tenant}.example/prices/\${sku}\`);
    return (await response.json()) as Price;
  }
}
`,
  "A value that JSON would change": `interface Order {
  id: number;
  placedAt: Date;
}

// @zcache ttl: 5m, codec: json
export async function order(id: number): Promise<Order> {
  return { id, placedAt: new Date() };
}
`,
  "A batch": `interface Book {
  id: number;
  title: string;
}

// @zcache batch, ttl: 1h, tags: ["book:{ids}"]
export async function books(ids: number[]): Promise<Book[]> {
  const response = await fetch(\`https://books.example/?ids=\${ids.join()}\`);
  return (await response.json()) as Book[];
}
`,
};
