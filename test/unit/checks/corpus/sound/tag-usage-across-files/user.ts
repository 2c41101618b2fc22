export interface User {
  id: number;
  name: string;
}

// @zcache tags: ["user:{id}", "users"]
export async function user(id: number): Promise<User> {
  return (await (await fetch(`/users/${id}`)).json()) as User;
}
