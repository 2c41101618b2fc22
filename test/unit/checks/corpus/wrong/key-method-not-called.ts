// expect: unkeyable-value@2:24
// @zcache key: "user:{email.toLowerCase}"
export async function findByEmail(email: string): Promise<{ email: string }> {
  return { email };
}
