// expect: unknown-placeholder@3:24, unknown-placeholder@3:33, unknown-placeholder@8:26
// A parameter that was renamed, one that never was, and a variable of the module.
// @zcache key: "user:{userid}:{locale}"
export async function user(userId: number): Promise<string> {
  return `user ${userId}`;
}

// @zcache tags: ["shop:{shopId}"]
export async function orders(shop: number): Promise<string[]> {
  return [`order of ${shop}`];
}
