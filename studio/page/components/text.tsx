import { type VNode } from "preact";
import { useState } from "preact/hooks";
import { countOf } from "../format/numbers";
import { visiblePieces } from "../format/visible-text";

interface TextProps {
  readonly value: string;
  /** How many characters are shown before "show more". */
  readonly max?: number;
}

/**
 * A text from outside: a name, a key, a value. Invisible characters in it are written out and
 * marked, its direction doesn't affect the text around it, and a long text is cut.
 */
export function Text({ value, max = 200 }: TextProps): VNode {
  const [shown, setShown] = useState(max);
  const end = cutAt(value, shown);
  const rest = value.length - end;
  return (
    <>
      <bdi class="text">
        {visiblePieces(value.slice(0, end)).map(({ text, isEscape }) =>
          isEscape ? <span class="escape">{text}</span> : text,
        )}
      </bdi>
      {rest > 0 && (
        <>
          {"… "}
          <button type="button" class="plain" onClick={() => setShown(shown + 4000)}>
            show more ({countOf(rest, "character")})
          </button>
        </>
      )}
    </>
  );
}

/** The text is never cut between the two halves of one character. */
function cutAt(value: string, max: number): number {
  if (value.length <= max) return value.length;
  const code = value.charCodeAt(max - 1);
  return code >= 0xd800 && code <= 0xdbff ? max - 1 : max;
}
