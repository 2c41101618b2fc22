/** Edits of a text with a source map. Bundled in the built package, because these are ES modules alone. */
export { decode, encode } from "@jridgewell/sourcemap-codec";
export { default as MagicString } from "magic-string";
