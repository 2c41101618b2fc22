import { readFileSync } from "node:fs";
import test from "ava";
import { resolveOptions } from "../../../runtime/cache/configure";
import { ConfigError } from "../../../runtime/errors";
import { optionNamesAt, options, optionsAt } from "../../../runtime/options";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { createOptionsPage, pagePath } from "../../../scripts/options-page";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { parseDirective } from "../../../transformer/directive/parse-directive";
import {
  optionNames,
  resolveOptions as resolveDirective,
} from "../../../transformer/directive/resolve-options";
import { SourceText } from "../../../transformer/context/source-text";

test("docs/options.md is what `npm run options` makes of the table", async (t) => {
  t.is(readFileSync(pagePath, "utf8"), await createOptionsPage(), "Run: npm run options");
});

test("each option has one row at each of its places, and says what it does in a sentence", (t) => {
  const places = options.flatMap(({ name, places }) => places.map((place) => `${place}.${name}`));
  t.deepEqual(places, [...new Set(places)]);
  for (const { name, summary } of options) t.regex(summary, /^[A-Za-z].*\.$/s, name);
});

test("configure refuses a duration, a count and a fraction out of the range that the table names", (t) => {
  const outside = {
    duration: ["0s", "366d", "60", 60],
    count: [0, 1.5, "5"],
    share: [-0.01, 0.51],
    hits: [-0.1, 1.1, "often"],
    weight: [0, -1],
  };
  for (const [name, { kind }] of Object.entries(optionsAt("configure"))) {
    for (const value of outside[kind as keyof typeof outside] ?? [])
      t.throws(
        () => resolveOptions({ [name]: value }),
        { instanceOf: ConfigError },
        `${name}: ${value}`,
      );
  }
});

test("configure takes the ends of each range, and an option that is undefined has its default", (t) => {
  const inside = {
    duration: ["1ms", "365d"],
    count: [1],
    share: [0, 0.5],
    hits: [0, 1, "0.1%"],
    weight: [0.01, true],
  };
  for (const [name, { kind }] of Object.entries(optionsAt("configure"))) {
    for (const value of inside[kind as keyof typeof inside] ?? [])
      t.notThrows(() => resolveOptions({ [name]: value }), `${name}: ${value}`);
  }
  const withoutChance = (settings: object): string =>
    JSON.stringify({ ...settings, backend: null, clock: null });
  const undefinedOptions = Object.fromEntries(
    optionNamesAt("configure").map((name) => [name, undefined]),
  );
  t.is(withoutChance(resolveOptions(undefinedOptions)), withoutChance(resolveOptions({})));
  t.notThrows(() => new MemoryBackend({ maxEntries: undefined, maxBytes: undefined } as object));
});

test("a directive may say off where the table allows it, and nowhere else", (t) => {
  const plugin = resolvePluginOptions({});
  for (const [name, row] of Object.entries(optionsAt("directive"))) {
    if (!["duration", "share", "hits", "weight"].includes(row.kind)) continue;
    const source = new SourceText([{ text: ` ${name}: off`, start: 0 }]);
    const problems: unknown[] = [];
    const resolved = resolveDirective(parseDirective(source, optionNames), plugin, (problem) =>
      problems.push(problem),
    );
    t.is(problems.length === 0, row.off === true, name);
    if (row.off) t.true(resolved?.valid);
  }
});
