import { type OptionName } from "../directive/resolve-options";

/** Written as bare words. */
export const flags: ReadonlySet<string> = new Set<OptionName>(["batch", "early"]);

/** A sentence on each option, for whoever chooses among them. README.md has the whole table. */
export const optionSummaries: Readonly<Record<OptionName, string>> = {
  key: 'Key template, such as "user:{id}". Default: module.Class.function and every argument.',
  ttl: 'Time to live, with a unit: 30s, 10m, 1h, 7d; or made of the result, "{result.maxAge}s". Default: 1h, or configure\'s.',
  nullTtl: "Time to live of null and undefined. Default: a tenth of the ttl, at most 5m, at least 1s.",
  stale: "For this long after its ttl an entry is served while it is loaded again, or off. Default: configure's.",
  staleIfError: "For this long after its ttl an entry is served when the loader fails, or off. Default: configure's.",
  early: "Flag: load again before the ttl ends, by chance. A number weights the loader's time; or off.",
  verify:
    "The share of the hits for which the loader runs as well, to compare: 0.1%, or off. Default: off, or configure's.",
  jitter: "The part of the ttl by which chance may shorten it: 10%, or off. Default: 5%, or configure's.",
  timeout: "How long a call waits for its loader, or off. Default: configure's.",
  memory: "How long an entry may be served from a memory tier, or off. Default: configure's.",
  tags: 'List of tag templates, such as ["user:{id}"]. invalidateTag ends every entry that carries the tag.',
  namespace: "Prefix of the key: v1 makes v1:…",
  when: "Expression over result and the parameters. Where it is false the result is returned and not stored.",
  codec: "How the result becomes bytes: json, yaml, structured, or one of your own. Default: json, or configure's.",
  batch: "Flag: one entry for each id. The ids are the rest parameter, or an array in the first one.",
  cache: 'Name of a cache set up by configure("name", …). Default: the default cache.',
  version: "auto puts the fingerprint of the return type into the key, none leaves it out.",
  allow: "Checks that this directive turns off: a name, or a list of names.",
};
