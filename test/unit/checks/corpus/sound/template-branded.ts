type UserId = string & { readonly __brand: "UserId" };

// @zcache key: "user:{id}:{id.length}"
export async function user(id: UserId): Promise<string> {
  return id;
}
