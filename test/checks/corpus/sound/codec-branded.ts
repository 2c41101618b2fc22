type UserId = number & { readonly __brand: unique symbol };
enum Role {
  Reader = "reader",
  Admin = "admin",
}

// @zcache ttl: 10m
export async function owner(book: string): Promise<{ id: UserId; role: Role; flags: Role[] }> {
  return { id: book.length as UserId, role: Role.Reader, flags: [] };
}
