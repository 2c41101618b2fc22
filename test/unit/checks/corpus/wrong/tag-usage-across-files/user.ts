// expect: hint never-invalidated-tag@2:19
// @zcache tags: ["member:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}
