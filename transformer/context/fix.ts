import { type Span } from "./source-text";

/** A change of the source that mends a problem: offered where there is one obvious change, or a few. */
export type Fix =
  /** The text at the problem's place, past quotes around it. */
  | { readonly kind: "replace"; readonly from: string; readonly to: string }
  /** An option of the directive, set anew or changed. `value` is what stands behind the colon. */
  | { readonly kind: "option"; readonly name: string; readonly value: string }
  /** Code elsewhere in the file. */
  | { readonly kind: "rewrite"; readonly span: Span; readonly to: string; readonly description: string };

/** A part of the source, and what stands there. */
export interface SourcePart {
  readonly span: Span;
  readonly text: string;
}

/** None where there is nothing to put in its place: no name is near. */
export function replaceBy(from: string, ...instead: readonly (string | null)[]): readonly Fix[] {
  return instead.flatMap((to) => (to === null ? [] : [{ kind: "replace" as const, from, to }]));
}

export function setOption(name: string, value: string | null): readonly Fix[] {
  return value === null ? [] : [{ kind: "option", name, value }];
}

export function rewrite({ span }: SourcePart, to: string, description: string): readonly Fix[] {
  return [{ kind: "rewrite", span, to, description }];
}
