/**
 * Writes the site's pages: README.md is the first one, and those of docs/ follow. Links stay as
 * they are, except that a link to a file of the repository that is not a page becomes its name.
 * VitePress refuses dead links.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const out = join(here, "pages");

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "public"), { recursive: true });

const docs = readdirSync(join(root, "docs"));
const pages = new Map([
  ["README.md", "index.md"],
  ["CHANGELOG.md", "changelog.md"],
  ["CONTRIBUTING.md", "contributing.md"],
  ...docs.filter((file) => file.endsWith(".md")).map((file) => [`docs/${file}`, file]),
]);

for (const [source, page] of pages) {
  const text = readFileSync(join(root, source), "utf8").replaceAll(
    /\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)/g,
    (link, text, target, anchor = "") => {
      if (/^[a-z]+:/.test(target)) return link;
      const path = posix.join(posix.dirname(source), target);
      const other = pages.get(path);
      if (other !== undefined) return `[${text}](./${other}${anchor})`;
      return docs.includes(posix.basename(path)) ? `[${text}](./${posix.basename(path)})` : text;
    },
  );
  writeFileSync(join(out, page), text);
}
for (const file of docs.filter((one) => !one.endsWith(".md")))
  cpSync(join(root, "docs", file), join(out, file), { recursive: true });
