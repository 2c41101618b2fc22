import type compiler from "typescript";
import { type FileContext } from "../context/file-context";
import { type TargetNode } from "../target/target-node";
import { fingerprintOf } from "./fingerprint";
import { type DirectiveOptions } from "../directive/resolve-options";
import { problem } from "../context/rules";
import { type Span } from "../context/source-text";

interface Versioned {
  readonly options: DirectiveOptions;
  /** The name that messages use for it. */
  readonly owner: string;
  readonly word: Span;
  readonly isBatch: boolean;
}

/**
 * Resolves `version: auto` to the fingerprint of what is stored. It is the only option that needs
 * types to be carried out. Where there are none it is refused, because leaving it out would make
 * another key than a build that has types. Null means that it was refused.
 */
export function resolveVersion(
  context: FileContext,
  node: TargetNode,
  { options, owner, word, isBatch }: Versioned,
): { readonly hash: string | null } | null {
  if (!options.version) return { hash: null };
  const { ts, program, report } = context;
  const refuse = (why: string): null => {
    report(problem("versionWithoutTypes", options.version?.span ?? word, owner, why));
    return null;
  };
  if (!program) {
    return refuse(
      "this build compiles single files and knows no types, so its keys would not be those of a build that does.",
    );
  }
  // A program is always made by the whole compiler.
  const { hash, text } = fingerprintOf(ts as typeof compiler, program, node, isBatch);
  if (text === "any" || text === "unknown") return refuse(`it returns ${text}, which says nothing of what is stored.`);
  return { hash };
}
