import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

/** The pages in a reader's order. Their titles are their first headings. */
const groups: Record<string, readonly string[]> = {
  "Use it": [
    ...[
      "hosts",
      "directive",
      "options",
      "keys",
      "freshness",
      "transactions",
      "verify",
      "testing",
      "observability",
      "studio",
    ],
    ...["command-line", "editor", "diagnostics", "errors"],
  ],
  "In production": ["redis", "tiers", "backends", "security", "chaos", "performance"],
  About: [
    ...["comparison", "architecture", "decisions", "differences", "glossary", "migrating"],
    ...["changelog", "contributing"],
  ],
};

const pages = readdirSync(new URL("../pages", import.meta.url))
  .filter((file) => file.endsWith(".md") && file !== "index.md")
  .map((file) => file.slice(0, -".md".length));
const missing = pages.filter((page) => !Object.values(groups).flat().includes(page));
if (missing.length > 0)
  throw new Error(`No group of site/.vitepress/config.mts has ${missing.join(", ")}.`);

function titleOf(page: string): string {
  const text = readFileSync(new URL(`../pages/${page}.md`, import.meta.url), "utf8");
  return /^# (.+)$/m.exec(text)?.[1] ?? page;
}

export default defineConfig({
  title: "zcache",
  description: "Caches TypeScript functions by a comment.",
  srcDir: "./pages",
  outDir: "./dist",
  markdown: {
    // Links to headings work here as on GitHub.
    anchor: {
      slugify: (heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-"),
    },
    // Braces in code are not Vue expressions.
    config: (md) => {
      md.renderer.rules["code_inline"] = (tokens, index) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[index]?.content ?? "")}</code>`;
    },
  },
  themeConfig: {
    search: { provider: "local" },
    nav: [{ text: "Playground", link: "/playground/index.html", target: "_self" }],
    sidebar: Object.entries(groups).map(([text, names]) => ({
      text,
      items: names
        .filter((page) => pages.includes(page))
        .map((page) => ({ text: titleOf(page), link: `/${page}` })),
    })),
  },
});
