import test from "ava";
import {
  backendContract as casesOf,
  type BackendSubject,
} from "../../runtime/testing/backend-contract";

export type { BackendSubject as Subject } from "../../runtime/testing/backend-contract";

/**
 * Registers the cases of the published contract with AVA.
 * @param register `test.serial` in a file of many subjects, so that no case waits behind hundreds
 */
export function backendContract(
  name: string,
  open: () => BackendSubject | Promise<BackendSubject>,
  register: typeof test.serial | typeof test = test,
): void {
  for (const { title, run } of casesOf(open)) {
    register(`${name}: ${title}`, async (t) => {
      await run();
      t.pass();
    });
  }
}
