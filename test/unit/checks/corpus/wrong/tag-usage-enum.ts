// expect: unknown-tag@14:58, hint never-invalidated-tag@9:19
import { invalidateTag } from "zcache";

enum Kind {
  Film = "film",
  Series = "series",
}

// @zcache tags: ["films"]
export async function films(): Promise<string[]> {
  return (await (await fetch("/films")).json()) as string[];
}

export const forget = (): Promise<void> => invalidateTag(Kind.Film);
