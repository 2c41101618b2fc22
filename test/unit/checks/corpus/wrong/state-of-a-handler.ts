// expect: incomplete-key@19:4
// A handler sets it as well as the function that starts the program.
let role: "reader" | "writer" = "reader";

function setRole(next: "reader" | "writer"): void {
  role = next;
}

export async function bootstrap(): Promise<void> {
  setRole("reader");
}
export async function handle(next: "reader" | "writer", id: number): Promise<string> {
  setRole(next);
  return load(id);
}

declare const db: { get(role: string, id: number): Promise<string> };

// @zcache
export async function load(id: number): Promise<string> {
  return db.get(role, id);
}
