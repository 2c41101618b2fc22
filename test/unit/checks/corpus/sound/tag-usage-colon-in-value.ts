import { invalidateTag } from "zcache";

// @zcache tags: ["urn:{urn}"]
export async function thing(urn: string): Promise<string> {
  return (await fetch(`/${urn}`)).text();
}

export const forget = (): Promise<void> => invalidateTag("urn:isbn:12:34");
