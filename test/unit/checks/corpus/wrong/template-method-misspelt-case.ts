// expect: unknown-property@2:30
// @zcache key: "user:{email.toLowercase()}"
export async function findByEmail(email: string): Promise<{ email: string }> {
  return { email };
}
