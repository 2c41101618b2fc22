import { createHash } from "node:crypto";
import { type PluginOptions } from "../context/plugin-options";
import { zcacheVersion } from "../context/zcache-version";

let ownVersion: string | null = null;

/**
 * Identifies what emitted code depends on besides the file. Incremental builds keep it with the
 * file's version. Output of plain tsc depends on nothing of this.
 *
 * @param moduleName the first part of the file's default keys
 */
export function settingsStamp(
  { namespace, root, version }: PluginOptions,
  moduleName: string,
): string {
  ownVersion ??= zcacheVersion();
  const settings = JSON.stringify([ownVersion, namespace, root, version, moduleName]);
  return createHash("sha256").update(settings).digest("hex").slice(0, 8);
}
