import { parseArgs } from "node:util";

const usage = `npm run bench -- [options]

  --only NAME     only rows, curves or other parts whose name begins with NAME; may be given several times
  --against NAME  only this peer, besides zcache and the hand-written code; may be given several times
  --rounds N      rounds of each row, in three processes (default 150); peers take part in every fifth
  --quick         30 rounds in two, no curves, no peers unless --against names them
  --json FILE     everything that was measured, for later
  --no-build      dist/ is as it should be
  --list          the names
`;

/** Parses the command line. Ends the process on --help and on unknown options. */
export function parseOptions(args) {
  const options = {
    only: { type: "string", multiple: true },
    against: { type: "string", multiple: true },
    rounds: { type: "string" },
    quick: { type: "boolean" },
    json: { type: "string" },
    build: { type: "boolean", default: true },
    list: { type: "boolean" },
    help: { type: "boolean" },
  };
  let values;
  try {
    ({ values } = parseArgs({ args, options, allowNegative: true }));
  } catch (error) {
    fail(error.message);
  }
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const rounds = Number(values.rounds ?? (values.quick ? 30 : 150));
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    fail(`--rounds must be a whole number of at least 1, but got: ${values.rounds}.`);
  return {
    ...values,
    rounds,
    processes: values.quick ? 2 : 3,
    wants: (name) => !values.only || values.only.some((part) => name.startsWith(part)),
  };
}

function fail(message) {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(2);
}
