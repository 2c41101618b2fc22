// expect: possibly-undefined@3:19
// find returns null, and then `when` throws.
// @zcache when: "result.active"
export async function findUser(id: number): Promise<{ active: boolean } | null> {
  return id > 0 ? { active: true } : null;
}
