// expect: possibly-undefined@2:24
// @zcache key: "user:{email.toLowerCase()}"
export async function findUser(email?: string): Promise<{ email: string }> {
  return { email: email ?? "" };
}
