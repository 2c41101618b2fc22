import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const runtime = join(__dirname, "../../../runtime");

test("no file of the runtime requires a module by a name that is computed, because bundlers warn of it", (t) => {
  const files = readdirSync(runtime, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  t.not(files.length, 0);
  t.deepEqual(
    files.filter((file) => /\brequire\((?!["'])/.test(readFileSync(join(runtime, file), "utf8"))),
    [],
  );
});
