// expect: incomplete-key@7:4
const store = { user: { id: 0, name: "" } };
export const signIn = (user: { readonly id: number; readonly name: string }): void => {
  Object.assign(store.user, user);
};

// @zcache ttl: 1m
export async function cart(page: number): Promise<string> {
  const { user } = store;
  return `${user.id}:${page}`;
}
