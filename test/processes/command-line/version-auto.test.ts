import test from "ava";
import { createShop, type Shop } from "./shop";
import { keyOf } from "../../../runtime/loads/call-keys";
import { boundPlan } from "../../../runtime/loads/bound-plan";
import { createTransformer } from "../../../transformer";
import ts from "typescript";
import { keyOver, template } from "../../support/templates";

const source = `import type { Order } from "./order.js";
// @zcache version: auto
export async function load(id: number): Promise<Order | null> { return null; }
`;
const files = {
  "src/order.ts": `import type { Line } from "./line.js";\nexport type Order = { lines: Line[] };\n`,
  "src/line.ts": "export interface Line { sku: string }\n",
};

function emittedVersion({ project }: Shop): string | undefined {
  return /version: "([0-9a-f]{8})"/.exec(project.read("out/user.js"))?.[1];
}

const modes: readonly (readonly [args: readonly string[], options: Record<string, unknown>])[] = [
  [[], {}],
  [[], { incremental: true }],
  [[], { incremental: true, isolatedModules: true }],
  [["-b"], { composite: true }],
];

for (const [args, options] of modes) {
  test.serial(
    `tspc ${args.join(" ")} emits a new version when a type two imports away changes: ${JSON.stringify(options)}`,
    async (t) => {
      const shop = createShop(source, { files, options });
      const { project } = shop;
      t.is((await project.tspc(args)).output, "");
      const first = emittedVersion(shop);
      t.regex(first ?? "", /^[0-9a-f]{8}$/);
      t.is((await project.tspc(args)).output, "");
      t.is(emittedVersion(shop), first);
      project.write("src/line.ts", "export interface Line { sku: string; amount: number }\n");
      t.is((await project.tspc(args)).output, "");
      const second = emittedVersion(shop);
      t.not(second, first);
      project.write(
        "src/line.ts",
        "export interface Line { readonly amount: number; sku: string }\n",
      );
      t.is((await project.tspc(args)).output, "");
      t.is(emittedVersion(shop), second);
    },
  );
}

test.serial(
  "the version is part of the key, before an explicit key and after the name in a default key",
  (t) => {
    const values = (id: unknown): unknown[] => [id];
    const keys = [
      { name: "shop.load", key: keyOver(values), version: "1a2b3c4d" },
      { name: "shop.load", key: keyOver(values), version: "1a2b3c4d", namespace: "v1" },
      {
        name: "shop.load",
        key: template(["user:", ""], values),
        version: "1a2b3c4d",
        namespace: "v1",
      },
      { name: "shop.load", key: template(["user:", ""], values) },
    ].map((plan) =>
      keyOf(
        boundPlan(() => plan),
        undefined,
        [5],
      ),
    );
    t.deepEqual(keys, [
      "shop.load@1a2b3c4d|5",
      "v1:shop.load@1a2b3c4d|5",
      "v1:1a2b3c4d:user:5",
      "user:5",
    ]);
  },
);

test.serial("without types it is refused, because its keys would differ", (t) => {
  const transformer = createTransformer(ts, { target: ts.ScriptTarget.ES2022 });
  const compile = (text: string): string =>
    ts.transpileModule(text, {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
      transformers: { before: [transformer] },
    }).outputText;
  const error = t.throws(() => compile(source));
  t.is(
    error?.message,
    'module.ts(2,21): error TS990209: load can\'t have "version: auto": this build compiles single files and knows no types, so its keys would not be those of a build that does. Give it your own version with "namespace: v1", and raise it when the type changes. [zcache/version-without-types]',
  );
  t.notThrows(() => compile(source.replace("version: auto", "version: none")));
});

test.serial(
  "for the whole project it is set in the plugin entry, and a function may say none",
  async (t) => {
    const text = `
// @zcache
export async function a(id: number): Promise<number> { return id; }
// @zcache version: none
export async function b(id: number): Promise<number> { return id; }
// @zcache
export async function c(id: number): Promise<any> { return id; }
// @zcache version: v3
export async function d(id: number): Promise<number> { return id; }
`;
    const plugins = [
      { name: "zcache", transform: "zcache/transformer", transformProgram: true, version: "auto" },
    ];
    const { project } = createShop(text, { options: { plugins } });
    const { diagnostics } = await project.tspc();
    t.deepEqual(diagnostics, [
      'src/user.ts(6,4): error TS990209: c can\'t have "version: auto": it returns any, which says nothing about what is stored. Give it your own version with "namespace: v1", and raise it when the type changes. [zcache/version-without-types]',
      'src/user.ts(8,21): error TS990205: "version" is "v3", but must be auto, or none. A version of your own is a namespace: namespace: v1. [zcache/bad-option-value]',
    ]);
    t.is(project.read("out/user.js").match(/version: "/g)?.length, 1);
  },
);
