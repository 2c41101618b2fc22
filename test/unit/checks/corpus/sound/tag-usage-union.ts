import { invalidateTag } from "zcache";

type Kind = "film" | "series";

// @zcache tags: ["{kind}:{id}"]
export async function title(kind: Kind, id: number): Promise<string> {
  return (await fetch(`/${kind}/${id}`)).text();
}

export const forget = (kind: Kind, id: number): Promise<void> => invalidateTag(`${kind}:${id}`);
