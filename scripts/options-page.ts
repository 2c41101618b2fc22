/**
 * Makes docs/options.md from the table in runtime/options.ts: `npm run options`. A test fails if
 * the page is out of date.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { optionKinds, type OptionRow, optionsAt, type Place } from "../runtime/options";
import { defaultInDirective } from "../transformer/directive/option-defaults";

export const pagePath = join(__dirname, "../docs/options.md");

const introduction = `# Options

This page lists every option of the directive, the plugin entry, \`configure\` and the functions of \`zcache\`. \`npm run options\` makes it from the table in \`runtime/options.ts\`. The options of the bundlers' plugins are in [hosts.md](hosts.md), and those of \`createStudio\` in [studio.md](studio.md).

An option of a directive applies to its function. If the directive doesn't have the option, \`configure\` decides for all functions of the cache. If \`configure\` doesn't have it either, the default applies. The plugin entry in tsconfig.json is only read when the program is built.

**Durations** are a number and a unit: \`250ms\`, \`30s\`, \`10m\`, \`1.5h\`, \`7d\`, \`2w\`. A number without a unit is an error. The shortest duration is \`1ms\`, and the longest is \`365d\`.

[freshness.md](freshness.md) says how the options about time work together. A wrong value is a compile error ([diagnostics.md](diagnostics.md)) or a \`ConfigError\` ([errors.md](errors.md)).
`;

const sections: readonly (readonly [place: Place, title: string, text: string])[] = [
  [
    "directive",
    "In the directive",
    'These options are written in the comment above a function: `// @zcache ttl: 10m, tags: ["user:{id}"]`. An option whose range includes `off` can be turned off for one function.',
  ],
  [
    "plugin",
    "In the plugin entry",
    'These options are written in tsconfig.json: `"plugins": [{ "name": "zcache", "namespace": "v1" }]`. Every host reads this entry.',
  ],
  [
    "configure",
    "In `configure`",
    '`configure({ … })` sets up the default cache, and `configure("sessions", { … })` the one that directives name with `cache: sessions`. Durations are strings: `"10m"`.',
  ],
  [
    "configure.verify",
    "In `configure({ verify: { … } })`",
    "[verify.md](verify.md) says what `verify` does. These options are for programs that set more than a share of the hits.",
  ],
  [
    "configure.studio",
    "In `configure({ studio: { … } })`",
    "These options are for a process that reports to [Studio](studio.md).",
  ],
  [
    "MemoryBackend",
    "In `new MemoryBackend({ … })`",
    "At either bound, the least recently used keys are dropped.",
  ],
  [
    "TieredBackend",
    "In `new TieredBackend(memory, redis, { … })`",
    "[tiers.md](tiers.md) explains the memory tier.",
  ],
  [
    "transactional",
    "In `transactional(fn, { … })`",
    "[transactions.md](transactions.md) explains transactions.",
  ],
  [
    "hold",
    "In `hold({ … })`",
    "`hold` is called inside a transaction, before its first write: [transactions.md](transactions.md#invalidations-that-survive-a-crash-hold).",
  ],
  [
    "transactionalSync",
    "In `transactionalSync(fn, { … })`",
    "`transactionalSync` is for drivers whose transactions are synchronous: [transactions.md](transactions.md).",
  ],
  [
    "withCache",
    "In `withCache({ … }, fn)`",
    "These options apply to every annotated function that is called beneath `fn`.",
  ],
  [
    "invalidateTag",
    "In `invalidateTag(tag, { … })`",
    "`verify(share, { … })` takes the same option.",
  ],
  [
    "subscribe",
    "In `subscribe(listener, { … })`",
    "`recordEvents({ … })` of `zcache/testing` takes the same option.",
  ],
  [
    "FaultyBackend",
    "In `new FaultyBackend(backend, { … })`",
    "`FaultyBackend` is in `zcache/testing`: [testing.md](testing.md).",
  ],
];

const environment = `## In the environment

| variable          | value                        | meaning                                                                                                   |
| ----------------- | ---------------------------- | --------------------------------------------------------------------------------------------------------- |
| \`ZCACHE_DISABLED\` | anything but \`0\` or \`false\` | Annotated functions run uncached, whatever \`configure\` says. Invalidations are still carried out. |
| \`ZCACHE_STUDIO\` | anything but \`0\` or \`false\` | The process reports to Studio, unless \`configure({ studio: false })\` says otherwise: [studio.md](studio.md). |
| \`ZCACHE_BUILD_CACHE\` | \`off\` | Builds keep nothing in \`node_modules/.cache/zcache\`: [hosts.md](hosts.md#what-all-hosts-have-in-common). |
| \`ZCACHE_TSCONFIG\` | a path | The tsconfig that \`zcache/register\` reads for all files: [hosts.md](hosts.md#what-all-hosts-have-in-common). |
| \`REDIS_URL\` | an address | The server of the commands that ask Redis, if \`--redis\` names none: [command-line.md](command-line.md#redis). |
`;

/** Creates the page, formatted by prettier. */
export async function createOptionsPage(): Promise<string> {
  const parts = sections.map(
    ([place, title, text]) => `## ${title}\n\n${text}\n\n${tableOf(place)}`,
  );
  return await format([introduction, ...parts, environment].join("\n"), {
    parser: "markdown",
    printWidth: 120,
  });
}

function tableOf(place: Place): string {
  const rows = Object.values<OptionRow>(optionsAt(place)).map((row) => [
    `\`${row.name}\``,
    optionKinds[row.kind].is,
    row.unit ?? optionKinds[row.kind].unit ?? "",
    rangeAt(place, row),
    defaultAt(place, row),
    row.since,
    row.summary.replaceAll(/\bdocs\/([a-z-]+\.md)/g, "[$1]($1)"),
  ]);
  const head = ["option", "value", "unit", "range", "default", "since", "meaning"];
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${lines.join("\n")}\n`;
}

function rangeAt(place: Place, row: OptionRow): string {
  const range = row.range ?? optionKinds[row.kind].range ?? "";
  if (place !== "directive" || !row.off) return range;
  return range === "" ? "`off`" : `${range}, \`off\``;
}

function defaultAt(place: Place, row: OptionRow): string {
  if (place === "directive") return defaultInDirective(row);
  if (row.defaultText !== undefined) return row.defaultText;
  if (row.default === undefined) return row.off ? "off" : "none";
  return typeof row.default === "string" && place !== "plugin"
    ? `\`"${row.default}"\``
    : `\`${row.default}\``;
}

if (require.main === module) void createOptionsPage().then((page) => writeFileSync(pagePath, page));
