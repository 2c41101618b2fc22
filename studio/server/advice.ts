import { type FunctionReport } from "../../runtime/studio/report";
import { decodeArguments } from "../../transformer/command-line/decode-key";
import { type LockedFunction } from "../../transformer/lock/lock";
import { type Advice, type Figures, type MissRow } from "../api";

/** The figures that advice is derived from. */
export interface Evidence {
  readonly figures: Figures;
  /** How long the figures are, in words: "over 5 minutes". */
  readonly span: string;
  readonly reports: readonly FunctionReport[];
  readonly locked: LockedFunction | null;
  /** Newest first. */
  readonly misses: readonly MissRow[];
}

/** With fewer calls, no advice is given. */
const fewestCalls = 20;
const fewestReloads = 20;
const lowHitRate = 0.5;
const largePayload = 100_000;

/** Returns the advice that follows from the figures, most important first. */
export function adviseOn(evidence: Evidence): readonly Advice[] {
  const rules = [
    neverHit,
    lowHits,
    failing,
    unusable,
    slowerThanLoading,
    unchanged,
    large,
    dropped,
  ];
  const all = rules.flatMap((rule) => rule(evidence) ?? []);
  return all.sort((a, b) => Number(b.grade === "problem") - Number(a.grade === "problem"));
}

function neverHit(evidence: Evidence): Advice | null {
  const { figures, span } = evidence;
  if (figures.calls < fewestCalls || figures.hits + figures.stale > 0) return null;
  const basis = `0 hits in ${count(figures.calls)} calls ${span}, ${count(keysOf(evidence))} different keys seen`;
  return { grade: "problem", text: `Never hit: ${whyMissed(evidence)}`, basis };
}

function lowHits(evidence: Evidence): Advice | null {
  const { figures, span } = evidence;
  const rate = figures.hitRate;
  if (
    rate === null ||
    figures.calls < fewestCalls ||
    rate >= lowHitRate ||
    figures.hits + figures.stale === 0
  )
    return null;
  const basis = `${count(figures.hits + figures.stale)} hits in ${count(figures.calls)} calls ${span}; misses: ${reasonsInWords(evidence)}`;
  return { grade: "hint", text: `Seldom hit (${percent(rate)}): ${whyMissed(evidence)}`, basis };
}

/** Returns the most common reason for its misses, as the second half of a sentence. */
function whyMissed(evidence: Evidence): string {
  const reasons = reasonsOf(evidence);
  const all = [...reasons.values()].reduce((sum, n) => sum + n, 0);
  const [reason, most = 0] = [...reasons].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (reason === "tag" && most * 2 > all)
    return `its entries are invalidated by ${commonestTag(evidence)} before they are requested again.`;
  if (reason === "expired" && most * 2 > all)
    return `its entries are too old when they are requested again. A longer ttl would make them hits.`;
  if (reason === "leased") return "most of its misses wait for a load by another process.";
  if (reason === "unreadable")
    return "what is stored can't be read. Look at the event unusable for the error.";
  if (reason === "unreachable") return "the store can't be asked.";
  const { figures, reports } = evidence;
  if (skipped(evidence) >= 0.8 * sum(reports, ({ counts }) => counts.load) && skipped(evidence) > 0)
    return "what it returns is not stored, because of `when` or its ttl.";
  if (keysOf(evidence) >= 0.8 * figures.calls)
    return `nearly each call has a key of its own${changingArgument(evidence)}.`;
  if (reports.some(({ keys, counts }) => counts.miss >= fewestCalls && keys >= 0.8 * counts.miss))
    return `nearly each miss is the first call with its key${changingArgument(evidence)}.`;
  return "nothing is stored when it is requested: entries expire, are invalidated by their key, or are evicted.";
}

/**
 * Names the argument that is different in each key: `, because of another "requestId" each time`.
 */
function changingArgument({ locked, misses }: Evidence): string {
  const keys = [...new Set(misses.map(({ key }) => key))].slice(0, 200);
  const rows = keys.flatMap((key) => {
    const values = decodeArguments(key.slice(key.lastIndexOf("|") + 1));
    return values === null || values === "hashed" ? [] : [values.map(({ text }) => text)];
  });
  const width = rows[0]?.length ?? 0;
  if (rows.length < 10 || width < 2 || rows.some((row) => row.length !== width)) return "";
  const variety = Array.from({ length: width }, (_, i) => new Set(rows.map((row) => row[i])).size);
  const most = Math.max(...variety);
  const at = variety.indexOf(most);
  const others = variety.filter((_, i) => i !== at);
  if (most < 0.8 * rows.length || Math.max(...others) > 0.5 * rows.length) return "";
  const name = locked?.parameters[at];
  return `: each has another ${name === undefined ? `argument ${at + 1}` : name}. If the result doesn't depend on it, leave it out of the key`;
}

function commonestTag({ misses, locked }: Evidence): string {
  const counts = new Map<string, number>();
  for (const { tag } of misses) if (tag !== null) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const [tag] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (tag !== undefined) return `invalidations of the tag ${tag}`;
  return locked?.tags
    ? `invalidations of its tags (${locked.tags.join(", ")})`
    : "invalidations of a tag";
}

function failing({ figures, span }: Evidence): Advice | null {
  if (figures.loads < 5 || figures.errors < 0.1 * figures.loads) return null;
  return {
    grade: "problem",
    text: `Its function fails in ${percent(figures.errors / figures.loads)} of its runs. A failure is not stored, so that each call runs it again; staleIfError would serve the last result meanwhile.`,
    basis: `${count(figures.errors)} errors in ${count(figures.loads)} loads ${span}`,
  };
}

function unusable({ reports }: Evidence): Advice | null {
  const total = sum(reports, ({ counts }) => counts.unusable);
  if (total === 0) return null;
  return {
    grade: "problem",
    text: "Results or stored bytes can't be used: they are not stored, or not read. The events of type unusable have the error.",
    basis: `${count(total)} times since the processes started`,
  };
}

function slowerThanLoading({ reports }: Evidence): Advice | null {
  const known = reports.filter(
    ({ hits, loads }) => hits && loads && hits.count >= 20 && loads.count >= 5,
  );
  const [report] = known.filter(({ hits, loads }) => (hits?.p50 ?? 0) > (loads?.p50 ?? 0));
  if (!report?.hits || !report.loads) return null;
  return {
    grade: "hint",
    text: "A hit takes longer than running the function: it would be faster uncached, or with a memory tier.",
    basis: `median of a hit ${ms(report.hits.p50)}, of a load ${ms(report.loads.p50)}`,
  };
}

function unchanged(evidence: Evidence): Advice | null {
  const { reports, locked } = evidence;
  const same = sum(reports, ({ reloads }) => reloads.same);
  const changed = sum(reports, ({ reloads }) => reloads.changed);
  if (same + changed < fewestReloads || changed > 0.05 * (same + changed)) return null;
  const basis = `the result changed in ${count(changed)} of ${count(same + changed)} repeated loads`;
  const reasons = reasonsOf(evidence);
  const byTag = reasons.get("tag") ?? 0;
  const byTime = (reasons.get("expired") ?? 0) + (reasons.get("absent") ?? 0);
  if (byTag > byTime)
    return {
      grade: "hint",
      text: `Loads after an invalidation nearly always give what was stored before, mostly after ${commonestTag(evidence)}. A narrower tag would save them.`,
      basis,
    };
  const ttl = locked?.ttl === undefined ? "" : ` Its ttl is ${locked.ttl}.`;
  return {
    grade: "hint",
    text: `Loads nearly always give what was stored before. A longer ttl, or tags instead of a short one, would save them.${ttl}`,
    basis,
  };
}

function large({ reports, figures }: Evidence): Advice | null {
  const median = Math.max(0, ...reports.map(({ sizes }) => sizes?.p50 ?? 0));
  if (median < largePayload) return null;
  const few = figures.hits < figures.loads;
  return {
    grade: few ? "problem" : "hint",
    text: few
      ? "Its results are large and rarely used again: storing them costs more than it saves."
      : "Its results are large. Each hit reads and decodes all of it; a smaller result, or a memory tier, would be faster.",
    basis: `median payload ${bytes(median)}, ${count(figures.hits)} hits for ${count(figures.loads)} loads`,
  };
}

function dropped({ reports }: Evidence): Advice | null {
  const [drops, loads] = [
    sum(reports, ({ counts }) => counts.drop),
    sum(reports, ({ counts }) => counts.load),
  ];
  if (drops < 5 || drops < 0.2 * loads) return null;
  return {
    grade: "hint",
    text: "Many of its results are invalidated while they are loaded, and are not stored. Narrower tags would keep them.",
    basis: `${count(drops)} of ${count(loads)} loads since the processes started`,
  };
}

function reasonsOf({ reports }: Evidence): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const { missReasons } of reports)
    for (const [reason, n] of Object.entries(missReasons))
      all.set(reason, (all.get(reason) ?? 0) + n);
  return all;
}

const inWords: Readonly<Record<string, string>> = {
  absent: "nothing stored",
  tag: "a tag invalidated",
  expired: "too old",
  leased: "being loaded elsewhere",
  held: "being written by a transaction",
  unreadable: "unreadable",
  unreachable: "store not reachable",
};

function reasonsInWords(evidence: Evidence): string {
  const sorted = [...reasonsOf(evidence)].sort((a, b) => b[1] - a[1]);
  return (
    sorted.map(([reason, n]) => `${inWords[reason] ?? reason} ${count(n)}`).join(", ") ||
    "not known"
  );
}

function keysOf({ reports }: Evidence): number {
  return Math.max(0, ...reports.map(({ keys }) => keys));
}

function skipped({ reports }: Evidence): number {
  return sum(reports, ({ counts }) => counts.skip);
}

function sum(reports: readonly FunctionReport[], of: (report: FunctionReport) => number): number {
  return reports.reduce((total, one) => total + of(one), 0);
}

const count = (n: number): string => Math.round(n).toLocaleString("en-US");
const percent = (rate: number): string => `${(100 * rate).toFixed(rate < 0.1 ? 1 : 0)} %`;
const ms = (value: number): string =>
  value < 1 ? `${(value * 1_000).toFixed(0)} µs` : `${value.toFixed(1)} ms`;
const bytes = (value: number): string =>
  value < 1_000_000 ? `${Math.round(value / 1_000)} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
