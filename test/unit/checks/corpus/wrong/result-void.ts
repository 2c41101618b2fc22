// expect: nothing-to-cache@5:4
declare function send(to: string, text: string): Promise<void>;

// The second mail would not be sent.
// @zcache ttl: 10m
export async function welcome(email: string): Promise<void> {
  await send(email, "Welcome");
}
