import { readFileSync, writeFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const ts = require("typescript-6.0");
const src = readFileSync("/tmp/hosts/ts.mjs","utf8");
const f = ts.createSourceFile("a.mjs", src, 99, true);
const roots = (process.argv[2] ?? "SyntaxKind NodeFlags ModifierFlags ScriptTarget ScriptKind ModuleKind TypeFlags createSourceFile forEachChild getLeadingCommentRanges getTrailingCommentRanges isIdentifier isArrowFunction").split(" ");
const keepCalls = ["Debug","BinaryExpressionState","Parser","IncrementalParser"];
const owners = new Map(); const extra = new Map();
for (const s of f.statements) {
  const names = [];
  if ((ts.isFunctionDeclaration(s)||ts.isClassDeclaration(s)) && s.name) names.push(s.name.text);
  else if (ts.isVariableStatement(s)) for (const d of s.declarationList.declarations) { if (ts.isIdentifier(d.name)) names.push(d.name.text); else d.name.elements.forEach(e=>names.push(e.name.text)); }
  for (const n of names) owners.set(n, s);
  if (ts.isExpressionStatement(s)) { const m = /\((\w+) \|\| \(\1 = \{\}\)\);$/.exec(s.getText()); if (m) { if (keepCalls.includes(m[1])) extra.set(m[1], [...(extra.get(m[1])??[]), s]); }
    else { const m2 = /^(\w+)\.\w+ = /.exec(s.getText()); if (m2) extra.set(m2[1], [...(extra.get(m2[1])??[]), s]); } }
}
const kept = new Set(); const sizes = new Map();
const stubs = new Map([["sys","var sys = undefined;"]]);
const todo = [];
const visitIds = (n, cb) => { if (ts.isIdentifier(n)) { const p = n.parent; if (!(ts.isPropertyAccessExpression(p) && p.name===n) && !(ts.isPropertyAssignment(p)&&p.name===n) && !(ts.isMethodDeclaration(p)&&p.name===n)) cb(n.text);} ts.forEachChild(n, c=>visitIds(c,cb)); };
const why = new Map();
const add = (n, from) => { if (stubs.has(n)) return; for (const s of [owners.get(n), ...(extra.get(n)??[])]) if (s && !kept.has(s)) { kept.add(s); why.set(s, from); todo.push([s,n]); } };
const last = f.statements.at(-1);
for (const n of [...roots, "NodeObject","TokenObject","IdentifierObject","PrivateIdentifierObject","setObjectAllocator","objectAllocator","getLineAndCharacterOfPosition","getLineStarts"]) add(n, "root");
while (todo.length) { const [s,n] = todo.pop(); visitIds(s, (id)=>add(id, n)); }
let out = [...stubs.values()].join("\n")+"\n"; const big=[];
for (const s of f.statements) if (kept.has(s)) { out += s.getText()+"\n"; big.push([s.getWidth(), s.getText().slice(0,60).replace(/\n/g," "), why.get(s)]); }
out += src.slice(src.indexOf("class ParsedSourceFile"));
out = out.replace(/export \{.*\};/, `export { ${roots.join(", ")} };`);
writeFileSync("/tmp/hosts/kept.mjs", out);
big.sort((a,b)=>b[0]-a[0]); console.log(kept.size, out.length); for (const b of big.slice(0,40)) console.log(...b);
const r = buildSync({ entryPoints: ["/tmp/hosts/kept.mjs"], bundle: true, minify: true, format: "cjs", platform: "node", outfile: "/tmp/hosts/parser.cjs", metafile: true, logLevel: "error" });
console.log(r.metafile.outputs["../../tmp/hosts/parser.cjs"].bytes);
