/**
 * Edits a text and keeps a source map. It is bundled in the built package, because these packages
 * are ES modules only.
 */
export { decode, encode } from "@jridgewell/sourcemap-codec";
export { default as MagicString } from "magic-string";
