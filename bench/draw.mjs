/** Draws docs/benchmark.svg from the figures of the last complete run: `node bench/draw.mjs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { drawOverview } from "./harness/overview.mjs";

const figures = JSON.parse(readFileSync(new URL("figures.json", import.meta.url), "utf8"));
writeFileSync(new URL("../docs/benchmark.svg", import.meta.url), drawOverview(figures));
