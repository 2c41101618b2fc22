interface Address {
  street: string;
  city?: string;
}
interface Profile {
  id: number;
  name: string | null;
  tags: readonly string[];
  address: Address | null;
  scores: Record<string, number>;
  position: [number, number];
  settings?: Partial<{ dark: boolean; locale: "nl" | "en" }>;
}

// @zcache ttl: 10m
export async function profile(id: number): Promise<Profile> {
  return { id, name: null, tags: [], address: null, scores: {}, position: [0, 0] };
}
