/**
 * Compiles examples/bookshop with the real tspc, runs it, drives it over HTTP, and prints what the
 * cache did: on the memory backend, or with REDIS_URL on that Redis. Every claim is checked.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { bookshop, prepare } from "./demo.prepare.mjs";
import {
  bold,
  code,
  cutMethod,
  dim,
  green,
  heading,
  line,
  milliseconds,
  red,
  shorten,
  table,
} from "./demo.print.mjs";
import { openRedis } from "./demo.redis.mjs";
import { keysOf, startService } from "./demo.service.mjs";
import { showStudio } from "./demo.studio.mjs";

const failures = [];
let checkCount = 0;

function check(claim, isTrue) {
  checkCount++;
  if (!isTrue) failures.push(claim);
  line(isTrue ? `${green("✓")} ${claim}` : `${red("✗ NOT SO:")} ${claim}`);
}

function showCode() {
  heading("1 What you write, and what tspc emits");
  const read = (path) => readFileSync(join(bookshop, path), "utf8");
  code("examples/bookshop/src/catalog.ts", cutMethod(read("src/catalog.ts"), "Catalog", "book"));
  line();
  const emitted = cutMethod(read("dist/catalog.js"), "Catalog", "book");
  code("examples/bookshop/dist/catalog.js", emitted);
  check(
    "the emitted code is not the source: the method was rewritten",
    emitted.includes("Catalog.book"),
  );
}

async function showLatency(service) {
  heading("2 Cold and warm");
  const ids = Array.from({ length: 25 }, (_, i) => 1 + i * 2399);
  const someBooks = await Promise.all(
    [5, 505, 1005, 2005, 3005].map((id) =>
      service.get(`/books/${id}`, { "cache-control": "no-store" }),
    ),
  );
  const requests = {
    "GET /books/:id": ids.map((id) => `/books/${id}`),
    "GET /authors/:name/books": someBooks.map(
      ({ body }) => `/authors/${encodeURIComponent(body.author)}/books`,
    ),
    "GET /summaries?ids=… (20 ids)": ids
      .slice(0, 5)
      .map((first) => summariesOf(range(first + 100, 20))),
    "GET /stats": ["/stats"],
  };
  const rows = [];
  for (const [route, paths] of Object.entries(requests)) {
    const cold = await measure(service, paths);
    const warm = await measure(service, paths);
    rows.push({ route, requests: paths.length, cold, warm });
  }
  table(
    ["request", "calls", "cold", "loads", "files", "warm", "loads", "files", "faster"],
    rows.map(({ route, requests, cold, warm }) => [
      route,
      requests,
      milliseconds(cold.median),
      cold.loads,
      cold.filesRead,
      milliseconds(warm.median),
      warm.loads,
      warm.filesRead,
      `${Math.round(cold.median / warm.median)}×`,
    ]),
  );
  line(
    dim(
      "median over HTTP; files: data files read, each unzipped and parsed, a thousand books in it",
    ),
  );
  check(
    "every cold request ran its loader",
    rows.every(({ requests, cold }) => cold.loads >= requests),
  );
  check(
    "no warm request ran a loader or opened a file",
    rows.every(({ warm }) => warm.loads + warm.filesRead === 0),
  );
  check(
    "warm answers equal cold ones",
    rows.every(({ cold, warm }) => isDeepStrictEqual(cold.bodies, warm.bodies)),
  );
  check(
    "warm is faster",
    rows.every(({ cold, warm }) => warm.median < cold.median),
  );
}

async function measure(service, paths) {
  const { result, events, filesRead } = await service.observe(async () => {
    const answers = [];
    for (const path of paths) answers.push(await service.get(path));
    return answers;
  });
  const times = result.map(({ ms }) => ms).sort((a, b) => a - b);
  const bodies = result.map(({ body }) => body);
  return {
    median: times[Math.floor(times.length / 2)],
    loads: keysOf(events, "load").length,
    filesRead,
    bodies,
  };
}

async function showSingleFlight(service) {
  heading("3 Twenty callers at once, for a book that nobody asked for before");
  const { result, events, filesRead } = await service.observe(() =>
    Promise.all(Array.from({ length: 20 }, () => service.get("/books/59999"))),
  );
  const loads = keysOf(events, "load").length;
  line(`20 × GET /books/59999: ${result.length} answers, ${loads} load, ${filesRead} file read`);
  check(
    "they shared one load",
    loads === 1 && filesRead === 1 && result.every(({ body }) => body.id === 59999),
  );
}

async function showBatch(service) {
  heading("4 A batch that is half warm");
  const first = await service.observe(() => service.get(summariesOf([31, 33, 35])));
  line(`GET ${summariesOf([31, 33, 35])}`);
  line(`    loaded ${idsOf(first.events, "load").join(", ")}`);
  const asked = [36, 35, 34, 33, 32, 31, 35];
  const second = await service.observe(() => service.get(summariesOf(asked)));
  line(`GET ${summariesOf(asked)}`);
  line(`    hit    ${idsOf(second.events, "hit").join(", ")}`);
  line(`    loaded ${idsOf(second.events, "load").join(", ")}`);
  check(
    "only the missing ids were loaded",
    isDeepStrictEqual(idsOf(second.events, "load"), [36, 34, 32]),
  );
  check(
    "the answer is in the caller's order",
    isDeepStrictEqual(
      second.result.body.map(({ id }) => id),
      asked,
    ),
  );
}

async function showUpdate(service) {
  heading("5 An update, and what it invalidated");
  const { author, priceCents } = (await service.get("/books/31")).body;
  const reads = {
    "/books/31": (body) => body,
    [`/authors/${encodeURIComponent(author)}/books`]: (body) =>
      body.books.find(({ id }) => id === 31),
    "/summaries?ids=31,33": (body) => body[0],
    "/books/1": (body) => body,
  };
  const readAll = async () => {
    const answers = [];
    for (const [path, pick] of Object.entries(reads)) {
      const { result, events } = await service.observe(() => service.get(path));
      answers.push({ path, price: pick(result.body).priceCents, loads: keysOf(events, "load") });
    }
    return answers;
  };
  await readAll();
  const before = await readAll();
  const newPrice = priceCents === 999 ? 1499 : 999;
  const update = await service.observe(() =>
    service.post("/books/31/price", { priceCents: newPrice }),
  );
  const tags = update.events
    .filter(({ type, tag }) => type === "invalidate" && tag)
    .map(({ tag }) => tag);
  line(`POST /books/31/price {"priceCents":${newPrice}}`);
  for (const tag of tags) line(`    invalidated the tag ${bold(tag)}`);
  const after = await readAll();
  table(
    ["then", "price before", "after", "answered from"],
    after.map(({ path, price, loads }, i) => [
      `GET ${path}`,
      euros(before[i].price),
      euros(price),
      loads.length > 0 ? `load of ${loads.map((key) => key.split("|")[1]).join(", ")}` : "cache",
    ]),
  );
  const again = await readAll();
  const [changed, untouched] = [after.slice(0, 3), after[3]];
  check(
    "before it, all of them came from the cache",
    before.every(({ loads }) => loads.length === 0),
  );
  check(
    "it invalidated the book and its author, and nothing else",
    isDeepStrictEqual(tags, ["book:31", `author:${author}`]),
  );
  check(
    "the next reads load, each just what was invalidated",
    changed.every(({ loads }) => loads.length === 1),
  );
  check(
    "they show the new price",
    changed.every(({ price }) => price === newPrice),
  );
  check("another book is still cached", untouched.loads.length === 0);
  check(
    "the reads after those come from the cache again",
    again.every(({ loads, price }, i) => loads.length === 0 && price === after[i].price),
  );
}

async function showOperations(service) {
  heading("6 Going round the cache");
  const rows = [];
  for (const [operation, cacheControl] of [
    ["book.refresh(1)", "no-cache"],
    ["book.nocache(1)", "no-store"],
    ["book(1)", ""],
  ]) {
    const { events, filesRead } = await service.observe(() =>
      service.get("/books/1", { "cache-control": cacheControl }),
    );
    rows.push([
      operation,
      cacheControl || "–",
      `${filesRead}`,
      keysOf(events, "store").length > 0 ? "yes" : "no",
    ]);
  }
  table(["operation", "the request's cache-control", "files read", "stored"], rows);
  check(
    "refresh loads and stores, nocache loads and does not",
    isDeepStrictEqual(
      rows.map((row) => row.slice(2).join()),
      ["1,yes", "1,no", "0,no"],
    ),
  );
}

async function showKeys(service) {
  heading("7 The keys that came to be, and the count of everything");
  const { events, functions, keys } = await service.report();
  const counted = ["hit", "miss", "share", "load", "store", "drop"];
  table(
    ["function", ...counted],
    Object.entries(functions).map(([name, counts]) => [
      name,
      ...counted.map((type) => `${counts[type] ?? 0}`),
    ]),
  );
  line();
  for (const name of Object.keys(functions)) {
    const own = [
      ...new Set(
        events
          .filter((event) => event.name === name && event.type === "store")
          .map(({ key }) => key),
      ),
    ];
    for (const key of own.slice(0, 2)) line(shorten(key, 96));
    if (own.length > 2) line(dim(`… and ${own.length - 2} more`));
  }
  check(
    "keys begin with the function's name, or are the explicit template",
    keys.every((key) => /^(bookshop\.catalog\.Catalog\.\w+\|.|stats:.)/.test(key)),
  );
  check(
    "nothing went wrong on the way",
    events.every(({ type }) => type !== "fault" && type !== "unusable"),
  );
}

async function showSecondProcess(env) {
  heading("8 Another process on the same Redis");
  const service = await startService(env);
  const { events, filesRead } = await service.observe(() => service.get("/books/1"));
  line(
    `GET /books/1 on a service that has just started: ${events.map(({ type }) => type).join(", ")}; ${filesRead} files read`,
  );
  check(
    "it finds what the first one stored",
    keysOf(events, "load").length === 0 && filesRead === 0,
  );
  await service.stop();
}

async function showRedis(redis) {
  heading("9 The same keys, as they are in Redis");
  const keys = await redis.describeKeys();
  const kinds = groupBy(keys, kindOf);
  const shown = [...kinds.values()].flatMap((group) => group.slice(0, 2));
  table(
    ["key", "expires in", "bytes"],
    shown.map(({ key, ttlMs, bytes }) => [
      shorten(key, 72),
      `${Math.round(ttlMs / 1000)} s`,
      `${bytes}`,
    ]),
  );
  line(dim(`${keys.length} keys in all; they are removed again when the demo ends`));
  const stats = keys.find(({ key }) => key.endsWith("stats:publisher"));
  if (stats) line(`GET ${stats.key}  →  ${shorten(await redis.read(stats.key), 50)}`);
  check("every key expires by itself", keys.length > 0 && keys.every(({ ttlMs }) => ttlMs > 0));
  check(
    "an entry without tags is plain JSON",
    stats !== undefined && Number.isInteger(JSON.parse(await redis.read(stats.key)).Alder),
  );
}

const kindOf = ({ key }) => /(tag:\w+|stats|\w+\|)/.exec(key)?.[0] ?? key;

function groupBy(items, nameOf) {
  const groups = new Map();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return groups;
}

const range = (first, length) => Array.from({ length }, (_, i) => first + i);
const summariesOf = (ids) => `/summaries?ids=${ids.join(",")}`;
const idsOf = (events, type) => keysOf(events, type).map((key) => Number(key.split("|")[1]));
const euros = (cents) => `${(cents / 100).toFixed(2)} €`;

async function tellStory() {
  const redisUrl = process.env.REDIS_URL;
  console.log(
    `${bold("zcache")}: a bookshop with 60,000 books on disk, on ${redisUrl ? `Redis at ${hostOf(redisUrl)}` : "the memory backend"}`,
  );
  prepare((step) => line(dim(step)));
  const redis = redisUrl ? await openRedis(redisUrl) : null;
  const env = redis ? { REDIS_PREFIX: redis.prefix } : {};
  const service = await startService(env);
  try {
    showCode();
    await showLatency(service);
    await showSingleFlight(service);
    await showBatch(service);
    await showUpdate(service);
    await showOperations(service);
    await showKeys(service);
    if (redis) await showSecondProcess(env);
    if (redis) await showRedis(redis);
  } finally {
    await service.stop();
    await redis?.close();
  }
  heading("Checks");
  line(
    failures.length === 0
      ? green(`all ${checkCount} hold`)
      : red(`${failures.length} of ${checkCount} do not hold:`),
  );
  for (const claim of failures) line(`  ${claim}`);
  return failures.length === 0 ? 0 : 1;
}

/** Returns the host of the URL, without the password. */
function hostOf(url) {
  return new URL(url).host;
}

const run = process.argv.includes("--studio") ? showStudio : tellStory;
process.exit(
  await run().catch((error) => {
    console.error(error);
    return 1;
  }),
);
