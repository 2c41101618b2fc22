interface User {
  id: number;
  name: string;
}
type Person = { name: string; id: number };

// @zcache key: "user:{id}"
export async function user(id: number): Promise<User> {
  return (await (await fetch(`/users/${id}`)).json()) as User;
}

// @zcache key: "user:{id}"
export async function person(id: number): Promise<Person> {
  return (await (await fetch(`/users/${id}`)).json()) as Person;
}
