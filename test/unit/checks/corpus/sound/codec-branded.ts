type UserId = number & { readonly __brand: unique symbol };
enum Role {
  Reader = "reader",
  Admin = "admin",
}

// @zcache ttl: 10m
export async function owner(book: string): Promise<{ id: UserId; role: Role; flags: Role[] }> {
  return { id: book.length as UserId, role: Role.Reader, flags: [] };
}

// What nothing can be: a row's type that says more than one thing of a column is a text.
// @zcache ttl: 10m
export async function cell(id: number): Promise<{ value: Buffer & string }> {
  return { value: `${id}` as Buffer & string };
}
