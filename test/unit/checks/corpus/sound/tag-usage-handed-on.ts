import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export function onChange(bus: { on(name: string, handler: (tag: string) => Promise<void>): void }): void {
  bus.on("change", invalidateTag);
}
