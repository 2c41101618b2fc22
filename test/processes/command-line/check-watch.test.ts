import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "ava";
import { start } from "../../support/projects/run";
import { createShop } from "./shop";

test("zcache check --watch prints the problems of each state between lines that a problem matcher finds", async (t) => {
  const source =
    "// @zcache ttl: 10m\nexport async function load(id: number): Promise<number> {\n  return id;\n}\n";
  const { project } = createShop(source);
  const bin = join(
    project.directory,
    "../node_modules/zcache/dist/transformer/command-line/main.js",
  );
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

interface Matcher {
  readonly pattern: Readonly<
    Record<"file" | "line" | "column" | "severity" | "code" | "message", number>
  > & {
    readonly regexp: string;
  };
  readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
}

test("the problem matcher in docs/editor.md reads what it prints", async (t) => {
  const page = readFileSync(resolve(__dirname, "../../../docs/editor.md"), "utf8");
  const [tasks = ""] = /(?<=^```json\n)\{\n {2}"version": "2\.0\.0"[^]*?(?=^```)/m.exec(page) ?? [];
  const [task] = (JSON.parse(tasks) as { tasks: { command: string; problemMatcher: Matcher }[] })
    .tasks;
  const { pattern, background } = task?.problemMatcher as Matcher;
  t.is(task?.command, "npx zcache check --watch");

  const source =
    "// @zcache ttl: 10\nexport async function load(id: number): Promise<Date> {\n  return new Date(id);\n}\n";
  const hint =
    "// @zcahe\nexport async function other(id: number): Promise<number> {\n  return id;\n}\n";
  const { zcache, project } = createShop(source + hint);
  const { output } = await zcache(["check", "--without-lock"]);
  const read = output.split("\n").flatMap((line) => {
    const found = new RegExp(pattern.regexp).exec(line);
    const { file, line: at, column, severity, code, message } = pattern;
    return found ? [[file, at, column, severity, code, message].map((group) => found[group])] : [];
  });
  t.deepEqual(
    read.map((one) => one.slice(0, 5)),
    [
      ["src/user.ts", "1", "17", "error", "TS990201"],
      ["src/user.ts", "5", "4", "hint", read[1]?.[4]],
    ],
  );
  t.regex(read[0]?.[5] ?? "", /^"ttl" is 10, which has no unit\./);

  const bin = join(
    project.directory,
    "../node_modules/zcache/dist/transformer/command-line/main.js",
  );
  const child = start([bin, "check", "--watch"], project.directory);
  t.teardown(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  await new Promise<void>((done) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      lines.push(...text.split("\n").slice(0, -1));
      if (new RegExp(background.endsPattern).test(lines.at(-1) ?? "")) done();
    });
  });
  t.regex(lines[0] ?? "", new RegExp(background.beginsPattern));
});
