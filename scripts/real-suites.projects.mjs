/**
 * Says how to run the suites of the public projects that scripts/real-suites.mjs compiles. `known`
 * lists the tests that differ because of something that docs/differences.md names, besides the late
 * start of a loader.
 */
const vitest = (...args) => [
  "npx",
  "vitest",
  "--run",
  "--reporter=json",
  "--outputFile={output}",
  ...args,
];
/** Types are not checked, because they don't matter for what is emitted. */
const jest = (options) => [
  ...["npx", "jest", "--json", "--outputFile={output}", "--silent", "--transform"],
  JSON.stringify({ "^.+\\.tsx?$": ["ts-jest", { ...options, diagnostics: false }] }),
];
const mocha = (...args) => [
  "npx",
  "mocha",
  "--reporter",
  "json",
  "--reporter-option",
  "output={output}",
  ...args,
];

export const projects = {
  hono: {
    sources: ["src"],
    command: vitest("--project", "main", "--coverage.enabled=false"),
    reader: "jest",
    known: [
      {
        tests: /context isolation without AsyncLocalStorage/,
        because: "they take process.getBuiltinModule away",
      },
    ],
  },
  /** Needs a Redis at the default port. */
  ioredis: {
    sources: ["lib"],
    command: mocha("test/helpers/*.ts", "test/unit/**/*.ts", "test/functional/**/*.ts"),
    env: { TS_NODE_TRANSPILE_ONLY: "true", NODE_ENV: "test" },
    reader: "mocha",
  },
  /**
   * Needs a PostgreSQL at port 5434, with a role `kysely`, its password the same, and its database
   * `kysely_test`.
   */
  kysely: {
    sources: ["src"],
    prepare: [
      ["npx", "tsc"],
      ["npx", "tsc", "-p", "test/node"],
    ],
    command: mocha("--timeout", "120000", "--exit", "test/node/dist/**/*.test.js"),
    env: { DIALECTS: "postgres" },
    reader: "mocha",
    known: [
      {
        tests: /should throw an abort error/,
        because: "a function with a signal rejects when that is aborted",
      },
    ],
  },
  /** Needs an ormconfig.json with a PostgreSQL and with sqljs. */
  typeorm: {
    sources: ["src"],
    experimentalDecorators: true,
    prepare: [["npx", "tsc", "--noCheck"]],
    command: mocha(
      "--exit",
      "build/compiled/test/functional/{repository,query-builder,entity-model,transaction}/**/*.test.js",
    ),
    reader: "mocha",
  },
  got: {
    sources: ["source"],
    command: ["npx", "ava", "--tap"],
    env: { NODE_OPTIONS: "--import=tsx/esm" },
    reader: "tap",
  },
  h3: {
    sources: ["src"],
    command: vitest("--typecheck.enabled=false"),
    reader: "jest",
  },
  unstorage: {
    sources: ["src"],
    command: vitest(),
    reader: "jest",
  },
  "type-graphql": {
    sources: ["src", "tests"],
    experimentalDecorators: true,
    command: jest({ tsconfig: "./tests/tsconfig.json" }),
    reader: "jest",
  },
  "nestjs-cls": {
    sources: ["packages/core/src", "packages/core/test"],
    folder: "packages/core",
    experimentalDecorators: true,
    command: jest({}),
    reader: "jest",
  },
};
