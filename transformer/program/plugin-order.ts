import { isPluginEntry } from "../context/plugin-options";

type Entry = Readonly<Record<string, unknown>>;

/**
 * Puts zcache's transformer among those of the other entries, at the place of its own entry.
 * ts-patch passes those in the order of tsconfig, followed by those of the caller of `emit`.
 */
export function inOrderOfEntries<Transformer>(
  own: Transformer,
  others: readonly Transformer[],
  entries: readonly Entry[],
): Transformer[] {
  const ahead = entries.slice(0, Math.max(0, entries.findIndex(isPluginEntry))).filter(runsBefore);
  return others.toSpliced(ahead.length, 0, own);
}

/** Whether the entry makes a `before` transformer. */
function runsBefore({ transform, transformProgram, after, afterDeclarations }: Entry): boolean {
  return transform !== undefined && !transformProgram && !after && !afterDeclarations;
}
