import { templateOf } from "../../runtime/keys/key";
import type { KeyTemplate, ResultTemplate } from "../../runtime/plan";

type Values = (this: unknown, ...args: any[]) => unknown[];

/** Makes a default key as in emitted code, over what `values` makes of the arguments. */
export function keyOver(values: Values): KeyTemplate {
  return {
    text(encode, ...args) {
      return values
        .apply(this, args)
        .map((value) => encode(value))
        .join("-");
    },
  };
}

/**
 * Makes an explicit key or a tag as in emitted code: `texts` are around what `values` makes of the
 * arguments.
 */
export function template(texts: readonly string[], values: Values): KeyTemplate & ResultTemplate {
  const filled = templateOf(texts);
  return {
    kind: (texts[0] as string).split(":")[0] as string,
    explicit: true,
    text(encode, ...args) {
      return filled.text.call(this, encode, ...values.apply(this, args));
    },
  };
}
