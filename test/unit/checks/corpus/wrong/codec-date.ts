// expect: unfaithful-codec@7:4
interface Profile {
  name: string;
  createdAt: Date;
}

// @zcache ttl: 10m
export async function profile(id: number): Promise<Profile> {
  return { name: `user ${id}`, createdAt: new Date(id) };
}
