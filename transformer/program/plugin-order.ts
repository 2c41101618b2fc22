import { isPluginEntry } from "../context/plugin-options";

type Entry = Readonly<Record<string, unknown>>;

/**
 * Ours among the transformers of the other entries, where its own entry stands. ts-patch hands those over in the order of
 * tsconfig, and behind them what the caller of `emit` has.
 */
export function inOrderOfEntries<Transformer>(
  own: Transformer,
  others: readonly Transformer[],
  entries: readonly Entry[],
): Transformer[] {
  const ahead = entries.slice(0, Math.max(0, entries.findIndex(isPluginEntry))).filter(runsBefore);
  return others.toSpliced(ahead.length, 0, own);
}

/** The entry makes a `before` transformer. */
function runsBefore({ transform, transformProgram, after, afterDeclarations }: Entry): boolean {
  return transform !== undefined && !transformProgram && !after && !afterDeclarations;
}
