import test from "ava";
import { ModuleNames } from "../../transformer/module-name";

const packages: Readonly<Record<string, string>> = {
  "/repo/package.json": `{ "name": "monorepo" }`,
  "/repo/shop/package.json": `{ "name": "shop" }`,
  "/repo/shop/src/esm/package.json": `{ "type": "module" }`,
  "/repo/scoped/package.json": `{ "name": "@acme/shop" }`,
  "/repo/broken/package.json": `{`,
  "/nameless/package.json": `{}`,
};

const names: readonly (readonly [file: string, name: string, root?: string])[] = [
  ["/repo/shop/src/services/user.ts", "shop.services.user"],
  ["/repo/shop/lib/user.ts", "shop.lib.user"],
  ["/repo/shop/src/user.service.ts", "shop.user.service"],
  ["/repo/shop/src/page.tsx", "shop.page"],
  ["/repo/shop/src/page.mts", "shop.page"],
  ["/repo/shop/src/src/user.ts", "shop.src.user"],
  ["/repo/shop/srcs/user.ts", "shop.srcs.user"],
  ["/repo/shop/src/esm/user.ts", "shop.esm.user"],
  ["/repo/scoped/src/user.ts", "@acme.shop.user"],
  ["/repo/broken/src/user.ts", "monorepo.broken.src.user"],
  ["/repo/tool.ts", "monorepo.tool"],
  ["/nameless/src/user.ts", "user"],
  ["/elsewhere/src/user.ts", "user"],
  ["C:\\repo\\user.ts", "user"],
  ["user.ts", "shop.user"],
  ["/repo/shop/server/app/user.ts", "shop.user", "server/app"],
  ["/repo/shop/server/app/user.ts", "shop.user", "./server/app/"],
  ["/repo/shop/src/user.ts", "shop.src.user", "."],
];

for (const [file, name, root = "src"] of names) {
  test(`${file} is ${name}${root === "src" ? "" : ` where the root is ${root}`}`, (t) => {
    const host = {
      readFile: (path: string) => packages[path],
      resolvePath: (path: string) => (/^(?:\/|[A-Z]:)/.test(path) ? path : `/repo/shop/src/${path}`),
    };
    t.is(new ModuleNames(host, root).nameOf(file), name);
  });
}
