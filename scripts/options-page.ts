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

This page is made from the table in \`runtime/options.ts\` by \`npm run options\`, so it has every option there is.

A directive's option applies to its function. Where the directive says nothing, \`configure\` decides for all functions of
the cache, and where that says nothing, the default applies. The plugin entry in tsconfig.json is read at build time only.

**Durations** are a number and a unit: \`250ms\`, \`30s\`, \`10m\`, \`1.5h\`, \`7d\`, \`2w\`. A number without a unit is an error.
The shortest is \`1ms\` and the longest \`365d\`.

What the options about time do together is in [freshness.md](freshness.md). Each wrong value is a compile error
([diagnostics.md](diagnostics.md)) or a \`ConfigError\` ([errors.md](errors.md)).
`;

const sections: readonly (readonly [place: Place, title: string, text: string])[] = [
  [
    "directive",
    "In the directive",
    'In the comment above a function: `// @zcache ttl: 10m, tags: ["user:{id}"]`. An option whose range includes `off` can be turned off for one function.',
  ],
  [
    "plugin",
    "In the plugin entry",
    'In tsconfig.json: `"plugins": [{ "name": "zcache", "namespace": "v1" }]`. Every host reads this entry.',
  ],
  [
    "configure",
    "In `configure`",
    '`configure({ … })` sets up the default cache, and `configure("sessions", { … })` the one that directives name with `cache: sessions`. Durations are strings: `"10m"`.',
  ],
  [
    "configure.verify",
    "In `configure({ verify: { … } })`",
    "For `verify` that is more than a share of the hits: [verify.md](verify.md).",
  ],
  [
    "configure.studio",
    "In `configure({ studio: { … } })`",
    "For a process that reports to [Studio](studio.md).",
  ],
  [
    "MemoryBackend",
    "In `new MemoryBackend({ … })`",
    "Least recently used keys are dropped at either bound.",
  ],
  [
    "TieredBackend",
    "In `new TieredBackend(memory, redis, { … })`",
    "What they are for is in [tiers.md](tiers.md).",
  ],
  [
    "transactional",
    "In `transactional(fn, { … })`",
    "What they are for is in [transactions.md](transactions.md).",
  ],
  [
    "hold",
    "In `hold({ … })`",
    "Inside a transaction, before its first write: [transactions.md](transactions.md#invalidations-that-survive-a-crash-hold).",
  ],
  [
    "transactionalSync",
    "In `transactionalSync(fn, { … })`",
    "For drivers whose transactions are synchronous: [transactions.md](transactions.md).",
  ],
  [
    "withCache",
    "In `withCache({ … }, fn)`",
    "They apply to every annotated function that is called beneath `fn`.",
  ],
  ["invalidateTag", "In `invalidateTag(tag, { … })`", "The same as in `verify(share, { … })`."],
  [
    "subscribe",
    "In `subscribe(listener, { … })`",
    "The same as in `recordEvents({ … })` of `zcache/testing`.",
  ],
  [
    "FaultyBackend",
    "In `new FaultyBackend(backend, { … })`",
    "Of `zcache/testing`: [testing.md](testing.md).",
  ],
];

const environment = `## In the environment

| variable          | value                        | meaning                                                                                                   |
| ----------------- | ---------------------------- | --------------------------------------------------------------------------------------------------------- |
| \`ZCACHE_DISABLED\` | anything but \`0\` or \`false\` | Annotated functions run uncached, whatever \`configure\` says. Invalidations are still carried out. |
| \`ZCACHE_STUDIO\` | anything but \`0\` or \`false\` | The process reports to Studio, unless \`configure({ studio: false })\` says otherwise: docs/studio.md. |
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
    row.summary,
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
