// expect: shared-key@15:17
interface User {
  id: number;
  name: string;
}
interface Profile {
  bio: string;
}

// @zcache key: "user:{id}"
export async function user(id: number): Promise<User> {
  return (await (await fetch(`/users/${id}`)).json()) as User;
}

// @zcache key: "user:{id}"
export async function profile(id: number): Promise<Profile> {
  return (await (await fetch(`/profiles/${id}`)).json()) as Profile;
}
