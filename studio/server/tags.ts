import { parseTemplate } from "../../transformer/directive/parse-template";
import { type TagGraph, type TagRow } from "../api";
import { type EventLog } from "./event-log";
import { type Project } from "./project";

const mostTags = 1_000;

/**
 * Makes the graph of tag → functions → code that invalidates it, from the lock and from recent
 * invalidations.
 */
export function tagGraph(project: Project, log: EventLog): TagGraph {
  const templates = new Map<string, { functions: Set<string>; places: Set<string> }>();
  for (const { name, tags = [], invalidatedIn = [] } of project.functions)
    for (const tag of tags) {
      let row = templates.get(tag);
      if (!row) templates.set(tag, (row = { functions: new Set(), places: new Set() }));
      row.functions.add(name);
      for (const place of invalidatedIn) row.places.add(place);
    }
  const rows: TagRow[] = [];
  const left = new Map(log.invalidatedTags);
  for (const [tag, { functions, places }] of templates) {
    const matches = matcherOf(tag);
    let invalidations = 0;
    let lastAt: number | null = null;
    for (const [text, seen] of left) {
      if (!matches(text)) continue;
      invalidations += seen.count;
      lastAt = Math.max(lastAt ?? 0, seen.lastAt);
      left.delete(text);
    }
    rows.push({
      tag,
      functions: [...functions],
      invalidatedIn: [...places],
      invalidations,
      lastAt,
    });
  }
  // Adds the tags that no function in the lock has.
  for (const [tag, { count, lastAt }] of left)
    rows.push({ tag, functions: [], invalidatedIn: [], invalidations: count, lastAt });
  rows.sort((a, b) => b.invalidations - a.invalidations || (a.tag < b.tag ? -1 : 1));
  return { tags: rows.slice(0, mostTags), recent: log.invalidations };
}

/**
 * Whether a text begins and ends as the template does, and has the template's other texts in
 * between.
 */
function matcherOf(template: string): (text: string) => boolean {
  const parsed = parseTemplate(template);
  if ("message" in parsed) return (text) => text === template;
  const [first = "", ...others] = parsed.texts;
  if (others.length === 0) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const [i, other] of others.entries()) {
      const isLast = i === others.length - 1;
      const found = isLast ? text.length - other.length : text.indexOf(other, at);
      if (found < at || !text.startsWith(other, found)) return false;
      at = found + other.length;
    }
    return true;
  };
}
