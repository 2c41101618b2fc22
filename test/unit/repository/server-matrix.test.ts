import { pathToFileURL } from "node:url";
import { join } from "node:path";
import test from "ava";

interface Row {
  readonly server: string;
  readonly client: string;
  readonly node: string;
}

const script = (name: string): string =>
  pathToFileURL(join(__dirname, "../../../scripts", name)).href;

test("each pair of a server, a client and a version of Node is in one row at least", async (t) => {
  const { pair } = (await import(script("server-matrix.pairs.mjs"))) as {
    pair(servers: string[], clients: string[], nodes: string[]): Row[];
  };
  const all = {
    server: ["a", "b", "c", "d", "e", "f"],
    client: ["w", "x", "y", "z"],
    node: ["20", "22", "24", "26"],
  };
  const rows = pair(all.server, all.client, all.node);
  t.is(rows.length, 24);
  const names = ["server", "client", "node"] as const;
  for (const [i, one] of names.entries())
    for (const other of names.slice(i + 1))
      for (const value of all[one])
        for (const otherValue of all[other])
          t.true(
            rows.some((row) => row[one] === value && row[other] === otherValue),
            `${value} with ${otherValue}`,
          );
});
