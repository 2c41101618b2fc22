/** Names that mean something to JavaScript itself. */
export const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "get",
  "set",
  "length",
  "then",
  "toJSON",
  "0",
  "-1",
];

/**
 * These are expressions that a placeholder must not run, characters that a terminal obeys, and
 * expressions that would take long.
 */
export const hostileTexts = [
  "{id.constructor.constructor('globalThis.wasRun = true')()}",
  "{user.constructor.constructor('return process')().exit()}",
  "{text.__proto__.x}",
  "{(() => { globalThis.wasRun = true; })()}",
  "{globalThis.wasRun = true}",
  "{`${text}`.repeat(1e9)}",
  "{text.padEnd(1e9)}",
  "{Array(1e9).fill(text).join(text)}",
  "{text.replaceAll(/(a+)+$/g, text)}",
  "{new Date(id).toISOString()}",
  "{",
  "}",
  "\u001b[2J",
  "\u202e",
  "\u009b31m",
  "\ud83d",
  "\u0000",
];
