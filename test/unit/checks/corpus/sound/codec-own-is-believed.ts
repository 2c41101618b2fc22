// @zcache key: "cart:{user}", allow: [unfaithful-codec]
export async function cart(user: string): Promise<{ user: string; at: Date }> {
  return { user, at: new Date(user) };
}
