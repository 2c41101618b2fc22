/** Edits of a text with a source map. It is bundled in the built package, because it is an ES module alone. */
export { default as MagicString } from "magic-string";
