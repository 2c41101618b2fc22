// expect: hint changing-variable@25:4
// What the functions that start the program set is set once in a process.
let role: "server" | "worker" = "server";

class ProcessRole {
  get isServer(): boolean {
    return role === "server";
  }
}
function setRole(next: "server" | "worker"): void {
  role = next;
}

export async function bootstrap(): Promise<void> {
  setRole("server");
}
export async function bootstrapWorker(): Promise<void> {
  setRole("worker");
}

declare const db: { get(id: number): Promise<string> };
const processRole = new ProcessRole();
const isServing = (): boolean => processRole.isServer;

// @zcache
export async function load(id: number): Promise<string> {
  return isServing() ? db.get(id) : "";
}
