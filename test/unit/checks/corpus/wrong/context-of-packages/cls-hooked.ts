// expect: caller-context@6:4
import { createNamespace } from "cls-hooked";

const session = createNamespace("session");

// @zcache
export async function load(id: number): Promise<string> {
  return String(session.get("tenant")) + id;
}
