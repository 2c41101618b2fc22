import test from "ava";
import { ModuleNames } from "../../../transformer/context/module-name";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { transformText } from "../../../transformer/text/transform-text";

const packages: Readonly<Record<string, string>> = {
  "/repo/package.json": `{ "name": "monorepo" }`,
  "/repo/shop/package.json": `{ "name": "shop" }`,
  "/repo/shop/src/esm/package.json": `{ "type": "module" }`,
  "/repo/scoped/package.json": `{ "name": "@acme/shop" }`,
  "/repo/broken/package.json": `{`,
  "/dotted/package.json": `{ "name": "@acme/my.pkg" }`,
  "/plain/package.json": `{ "name": "@acme/my" }`,
  "/slashed/package.json": `{ "name": "acme/my" }`,
  "/at/package.json": `{ "name": "@acme" }`,
  "/percent/package.json": `{ "name": "my%2Epkg" }`,
  "/nameless/package.json": `{}`,
  "/empty/package.json": `{ "name": "" }`,
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

const host = {
  readFile: (path: string) => packages[path],
  resolvePath: (path: string) => (/^(?:\/|[A-Z]:)/.test(path) ? path : `/repo/shop/src/${path}`),
};

for (const [file, name, root = "src"] of names) {
  test(`${file} is ${name}${root === "src" ? "" : ` where the root is ${root}`}`, (t) => {
    t.is(new ModuleNames(host, root, null).nameOf(file).text, name);
  });
}

test("no two packages have one module name", (t) => {
  const files = [
    "/dotted/src/x.ts",
    "/plain/src/pkg/x.ts",
    "/slashed/src/x.ts",
    "/at/src/my/x.ts",
    "/percent/src/x.ts",
  ];
  const texts = files.map((file) => new ModuleNames(host, "src", null).nameOf(file).text);
  t.deepEqual(texts, [
    "@acme.my%2Epkg.x",
    "@acme.my.pkg.x",
    "acme%2Fmy.x",
    "%40acme.my.x",
    "my%252Epkg.x",
  ]);
});

test("a module's name is its program's own if a package has a name, or the plugin entry a namespace", (t) => {
  const isOwn = (file: string, namespace: string | null): boolean =>
    new ModuleNames(host, "src", namespace).nameOf(file).isOwn;
  t.true(isOwn("/repo/shop/src/esm/user.ts", null));
  t.true(isOwn("/repo/broken/src/user.ts", null));
  for (const file of ["/nameless/src/user.ts", "/empty/src/user.ts", "/elsewhere/src/user.ts"]) {
    t.false(isOwn(file, null), file);
    t.true(isOwn(file, "v1.2"), file);
  }
  t.is(new ModuleNames(host, "src", "v1.2").nameOf("/nameless/src/user.ts").text, "v1%2E2.user");
  t.is(new ModuleNames(host, "src", "v1.2").nameOf("/repo/tool.ts").text, "monorepo.tool");
});

test("a plan says whether its default key begins without a name of the program's own", (t) => {
  const isNameless = (comment: string, plugin: Record<string, unknown> = {}): boolean => {
    const text = `${comment}\nexport async function load(id: number): Promise<number> { return id; }`;
    const options = { options: resolvePluginOptions(plugin), experimentalDecorators: false };
    const { code, problems } = transformText(text, "/no-such-folder/src/user.ts", options);
    t.deepEqual(problems, []);
    return (code ?? "").includes("nameless: true");
  };
  t.true(isNameless("// @zcache"));
  t.true(isNameless("// @zcache namespace: v1"));
  t.false(isNameless("// @zcache namespace: v1", { namespace: "shop" }));
  t.false(isNameless('// @zcache key: "user:{id}"'));
});
