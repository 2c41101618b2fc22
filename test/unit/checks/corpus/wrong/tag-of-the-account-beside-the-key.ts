// expect: incomplete-key@5:17
import { invalidateTag } from "zcache";
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

// @zcache key: "invoice:{number}", tags: ["account:{account}"]
export async function invoice(account: string, number: number): Promise<string> {
  return db.one(account, number);
}

export async function pay(account: string): Promise<void> {
  await invalidateTag(`account:${account}`);
}
