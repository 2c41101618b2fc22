import { nearest } from "../../runtime/suggest";

/**
 * The options of every host's plugin. Options about what is cached are in tsconfig's plugin entry,
 * which every host reads.
 */
export interface HostOptions {
  /**
   * The path of the tsconfig whose plugin entry applies.
   * @defaultValue the nearest tsconfig.json above each file
   */
  readonly tsconfig?: string;
  /**
   * `"build"` runs the checks that need types with each build, which fails if one finds an error,
   * and beside a dev server, which shows their findings. `"never"` skips them. Then a key that
   * leaves out `this.tenant` gives one tenant's value to all tenants, and nothing reports it.
   * @defaultValue "build"
   */
  readonly typeChecks?: "build" | "never";
}

/**
 * @param names the options of this host
 * @throws TypeError for an option that does not exist or has an impossible value
 */
export function checkHostOptions(
  options: HostOptions,
  names: readonly string[] = ["tsconfig", "typeChecks"],
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(
      `zcache: the plugin takes an object of options, but got: ${JSON.stringify(options)}.`,
    );
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw new TypeError(
      `zcache: the plugin has no option "${name}". ${near === null ? `Options: ${names.join(", ")}. Those about keys belong in the plugin entry of tsconfig.json.` : `Did you mean "${near}"?`}`,
    );
  }
  const { tsconfig, typeChecks } = options;
  if (tsconfig !== undefined && typeof tsconfig !== "string")
    throw new TypeError(
      `zcache: "tsconfig" must be the path of a tsconfig file, but got: ${JSON.stringify(tsconfig)}.`,
    );
  if (typeChecks !== undefined && typeChecks !== "build" && typeChecks !== "never")
    throw new TypeError(
      `zcache: "typeChecks" must be "build" or "never", but got: ${JSON.stringify(typeChecks)}.`,
    );
}
