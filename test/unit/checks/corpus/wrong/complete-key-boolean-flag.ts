// expect: incomplete-key@5:19
declare const db: { users(includeDeleted: boolean): Promise<string[]> };

export const users = {
  // @zcache key: "users:{team}"
  async ofTeam(team: string, includeDeleted: boolean): Promise<string[]> {
    const all = await db.users(includeDeleted);
    return all.filter((name) => name.startsWith(team));
  },
};
