interface User {
  id: number;
  name: string;
  createdAt: Date;
}

// @zcache ttl: 10m
export async function card(id: number): Promise<Readonly<Omit<User, "createdAt">> & { createdAt: string }> {
  return { id, name: "", createdAt: "2026-01-01" };
}
