/** Waits for what no selector says. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > endsAt) throw new Error(`This has not come true in a minute: ${String(isTrue)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
