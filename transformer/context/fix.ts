import { type Span } from "./source-text";

/**
 * A change to the source that fixes a problem. Fixes are offered where there is one obvious change,
 * or a few.
 */
export type Fix =
  /** Replaces the text at the problem's place, inside the quotes if there are any. */
  | { readonly kind: "replace"; readonly from: string; readonly to: string }
  /** Adds or changes an option of the directive. `value` is the text after the colon. */
  | { readonly kind: "option"; readonly name: string; readonly value: string }
  /** Changes code elsewhere in the file. */
  | {
      readonly kind: "rewrite";
      readonly span: Span;
      readonly to: string;
      readonly description: string;
    };

/** A part of the source, and its text. */
export interface SourcePart {
  readonly span: Span;
  readonly text: string;
}

/**
 * Offers to replace `from`. There is no fix if no replacement is known, because no name is similar.
 */
export function replaceBy(from: string, ...instead: readonly (string | null)[]): readonly Fix[] {
  return instead.flatMap((to) => (to === null ? [] : [{ kind: "replace" as const, from, to }]));
}

export function setOption(name: string, value: string | null): readonly Fix[] {
  return value === null ? [] : [{ kind: "option", name, value }];
}

export function rewrite({ span }: SourcePart, to: string, description: string): readonly Fix[] {
  return [{ kind: "rewrite", span, to, description }];
}
