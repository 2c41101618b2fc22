import type { Backend } from "../../../../runtime/backends/backend";
import { backendMethods } from "../../../../runtime/cache/configure";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { misdeeds, throws } from "./misdeeds";
import { row } from "./rows";

const further = ["readAndLease", "peek", "setMemo", "cork"] as const;

/**
 * Creates a backend of which one method does something else. It is a remote store, or in this
 * process.
 */
export function backendWith(change: Readonly<Record<string, unknown>>, remote: boolean): Backend {
  const inner = new MemoryBackend();
  const own: Record<string, unknown> = { name: "store", remote };
  for (const name of [...backendMethods, "readAndLease", "peek", "setMemo"] as const)
    own[name] = (inner[name] as () => unknown).bind(inner);
  return Object.defineProperties(
    own,
    Object.getOwnPropertyDescriptors(change),
  ) as unknown as Backend;
}

export async function backends(): Promise<void> {
  for (const remote of [true, false])
    for (const method of [...backendMethods, ...further])
      for (const [how, misdeed] of Object.entries(misdeeds))
        await row(`a ${remote ? "remote" : "local"} backend whose ${method} ${how}`, () => ({
          backend: backendWith({ [method]: misdeed }, remote),
          lease: "30ms",
        }));
  for (const property of ["keysPerRead", "cork", "readAndLease", "peek"])
    await row(`a backend whose property ${property} throws`, () => {
      const change = Object.defineProperty({}, property, {
        get: throws,
        enumerable: true,
        configurable: true,
      });
      return { backend: backendWith(change, true) };
    });
  await row("a backend whose cork sends twice", () => ({
    backend: backendWith({ cork: (send: () => unknown) => (send(), send()) }, true),
  }));
  await row("a backend whose cork sends and then throws", () => ({
    backend: backendWith({ cork: (send: () => unknown) => (send(), throws()) }, true),
  }));
}
