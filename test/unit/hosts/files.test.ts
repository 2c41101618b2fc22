import { join, resolve } from "node:path";
import test from "ava";
import { isConcerned } from "../../../transformer/hosts/files";

const text = "// @zcache ttl: 5m\nexport async function load(id: number) { return id; }\n";

test("sources with a directive are concerned, wherever they are outside of packages", (t) => {
  for (const file of ["src/load.ts", "src/load.mts?v=1", "src/load.jsx", "load.cts"])
    t.true(isConcerned(join("/shop", file), text), file);
  for (const file of [
    "src/load.d.ts",
    "node_modules/shop/load.ts",
    "src/load.css",
    "src/load.json",
  ])
    t.false(isConcerned(join("/shop", file), text), file);
  t.false(isConcerned("/shop/src/load.ts", "export const load = 1;\n"));
});

test("zcache's own files are not, because a hook would meet itself if zcache is linked", (t) => {
  const own = resolve(__dirname, "../../../transformer");
  t.false(isConcerned(join(own, "hosts/source-compiler.js"), text));
  t.true(isConcerned(join(own, "../transformer-of-the-shop/load.ts"), text));
});
