// expect: unknown-property@3:30
// Python's lower(), Java's toLower().
// @zcache key: "user:{email.toLower()}"
export async function findByEmail(email: string): Promise<{ email: string }> {
  return { email };
}
