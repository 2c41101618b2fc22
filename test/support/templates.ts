import { templateOf } from "../../runtime/keys/key";
import type { KeyTemplate, ResultTemplate } from "../../runtime/plan";

type Values = (this: unknown, ...args: any[]) => unknown[];

/** A default key, as emitted code has it, over what `values` makes of the arguments. */
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

/** An explicit key or a tag, as emitted code has it: `texts` stand around what `values` makes of the arguments. */
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
