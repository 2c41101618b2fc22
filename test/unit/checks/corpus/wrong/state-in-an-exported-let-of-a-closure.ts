// expect: incomplete-key@13:4
const session = (() => {
  let user: string | null = null;
  return {
    login(name: string): void {
      user = name;
    },
    user: (): string | null => user,
  };
})();
export const { login } = session;

// @zcache ttl: 1m
export async function inbox(page: number): Promise<string> {
  return `${session.user()}:${page}`;
}
