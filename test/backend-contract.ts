import test from "ava";
import { backendContract as casesOf, type BackendSubject } from "../runtime/testing/backend-contract";

export type { BackendSubject as Subject } from "../runtime/testing/backend-contract";

/** Registers the cases of the published contract with AVA. */
export function backendContract(name: string, open: () => BackendSubject | Promise<BackendSubject>): void {
  for (const { title, run } of casesOf(open)) {
    test(`${name}: ${title}`, async (t) => {
      await run();
      t.pass();
    });
  }
}
