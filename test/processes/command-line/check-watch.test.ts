import { join } from "node:path";
import test from "ava";
import { start } from "../../support/projects/run";
import { createShop } from "./shop";

test("zcache check --watch prints the problems of each state between lines that a problem matcher finds", async (t) => {
  const source = "// @zcache ttl: 10m\nexport async function load(id: number): Promise<number> {\n  return id;\n}\n";
  const { project } = createShop(source);
  const bin = join(project.directory, "../node_modules/zcache/dist/transformer/command-line/main.js");
  const child = start([bin, "check", "--watch"], project.directory);
  let output = "";
  let look = (): void => {};
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    look();
  });
  const ended = /zcache: checking …\n([\s\S]*?)zcache: watching for changes\.\n/;
  const nextRun = (): Promise<string> =>
    new Promise((resolve) => {
      look = () => {
        const [whole, problems] = ended.exec(output) ?? [];
        if (whole === undefined) return;
        output = output.slice(output.indexOf(whole) + whole.length);
        resolve(problems as string);
      };
      look();
    });
  t.is(await nextRun(), "1 cached function: no problems.\n");
  project.edit("src/user.ts", "ttl: 10m", "ttl: 10");
  t.regex(await nextRun(), /^src\/user\.ts\(1,17\): error TS990201: /);
  project.edit("src/user.ts", "ttl: 10", "ttl: 1h");
  t.is(await nextRun(), "1 cached function: no problems.\n");
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  t.is(await closed, 0);
});
