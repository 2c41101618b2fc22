import { watch } from "node:fs";

/**
 * Calls after each burst of changes of sources or configs in the folder, one call at a time, until
 * the signal aborts.
 */
export async function watchSources(
  directory: string,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  let pending: NodeJS.Timeout | null = null;
  const watcher = watch(directory, { recursive: true, signal }, (_event, name) => {
    if (
      name === null ||
      !/\.(?:[cm]?[jt]sx?|json)$/.test(name) ||
      /(?:^|[\\/])node_modules[\\/]/.test(name)
    )
      return;
    if (pending) clearTimeout(pending);
    // An editor that saves, or a checkout, changes files in quick succession.
    pending = setTimeout(changed, 200);
  });
  await new Promise<void>((resolve) => void watcher.once("close", resolve));
  if (pending) clearTimeout(pending);
}
