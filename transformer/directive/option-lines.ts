import { nearest } from "../../runtime/suggest";
import { isFlag, optionNames } from "./resolve-options";

const names = optionNames.join("|");
const flags = optionNames.filter(isFlag).join("|");

const option = new RegExp(
  `^\\s*(?:[-*]\\s+|\\{\\s*)?(?:(["']?)(?:${names})\\1\\s*:(?:\\s|$)|(?:${names})(?:[=:]|\\s+=\\s*)\\S|(?:${flags})\\s*[,}]?\\s*$)`,
);

/**
 * Matches `ttl: 5m`, `"ttl": 5m`, `ttl=5m`, `batch`, `{ ttl: 5m }`, and also `tll: 5m`, `TTL: 5m`,
 * `ttl = 5m` and `- ttl: 5m`, which are meant to be options.
 */
export const optionPattern = {
  test(line: string): boolean {
    if (option.test(line)) return true;
    const [, name] = /^\s*(\w+)\s*:(?:\s|$)/.exec(line) ?? [];
    if (name === undefined) return false;
    const near = nearest(name, optionNames);
    // A word with a capital letter begins a sentence.
    return near !== null && (/^[a-z]/.test(name) || near.toLowerCase() === name.toLowerCase());
  },
};

const optionBehind = new RegExp(
  `[ \\t]*(?:[{"']|(?:${names})\\s*:|(?:${names})?[ \\t]*(?:,|\\*/|\\r?\\n|$))`,
  "y",
);

/** Whether the text begins with an option at that offset, or ends there. */
export function startsOption(text: string, from: number): boolean {
  optionBehind.lastIndex = from;
  return optionBehind.test(text);
}
