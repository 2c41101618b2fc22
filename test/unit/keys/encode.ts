import { keyText, tagText, templateOf } from "../../../runtime/keys/key";

export const uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
/** Five words and integers could form it. */
export const spelledUuid = "abcdefab-1234-abcd-4321-abcdefabcdef";

export const encodeArguments = (owner: string, args: readonly unknown[], count = args.length) =>
  keyText("", { arguments: count }, owner, undefined, args);
export const encode = (...args: unknown[]) => encodeArguments("f", args);
export const encodeTemplate = (
  owner: string,
  texts: readonly string[],
  values: readonly unknown[],
) => keyText("", templateOf(texts), owner, undefined, values);
export const encodeTag = (owner: string, texts: readonly string[], values: readonly unknown[]) =>
  tagText(templateOf(texts), owner, undefined, values);
