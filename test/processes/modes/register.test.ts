import test from "ava";
import { run } from "../../support/projects/run";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

const service = `let loads = 0;
// @zcache ttl: 10m
async function load(id) {
  loads++;
  return { id, loads };
}
const shop = {
  // @zcache key: "price:{id}"
  async price(id) {
    loads++;
    return id;
  },
};
async function fail() {
  await load(7);
  throw new Error("here");
}
`;
const body = `async function main() {
  await load(5);
  await load(5);
  await shop.price(1);
  await shop.price.refresh(1);
  const where = await fail().catch(({ stack }) => /service\\.js:\\d+:\\d+/.exec(stack)?.[0]);
  console.log(JSON.stringify([count(), where]));
}
main();
`;

// Node 20 has no hook for required modules, so the functions that load files are wrapped there.
for (const [type, exported, imported] of [
  [
    "commonjs",
    "module.exports = { load, shop, fail, count: () => loads };\n",
    'const { load, shop, fail, count } = require("./service");\n',
  ],
  [
    "module",
    "const count = () => loads;\nexport { load, shop, fail, count };\n",
    'import { load, shop, fail, count } from "./service.js";\n',
  ],
] as const)
  for (const allowJs of [true, false])
    test(`zcache/register, JavaScript in a package of type ${type}, ${allowJs ? "is cached with allowJs" : "is left alone without allowJs"}`, async (t) => {
      const shop = workspace.create(`${type}-${allowJs}`, {
        files: {
          "src/service.js": service + exported,
          "src/main.js": imported + (allowJs ? body : body.replace(".refresh", "")),
        },
        options: { allowJs },
        packageJson: { type },
      });
      const { output } = await run(["--import", "zcache/register", "src/main.js"], shop.directory);
      t.deepEqual(JSON.parse(output), [allowJs ? 4 : 5, "service.js:16:9"]);
    });
