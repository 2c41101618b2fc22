/** What every host's plugin takes. All that concerns what is cached stands in tsconfig's plugin entry, which every host reads. */
export interface HostOptions {
  /** The tsconfig whose plugin entry counts. By default it is the nearest tsconfig.json above each file. */
  readonly tsconfig?: string;
  /**
   * `"build"`, the default, runs the checks that need types with each build, which fails where one finds an error, and beside
   * a dev server, which shows what they find. `"never"` gives up what they find: a key that leaves out `this.tenant` is one
   * tenant's value for all of them, and nothing says so.
   */
  readonly typeChecks?: "build" | "never";
}

/**
 * @param own names that this host alone has
 * @throws TypeError for an option that does not exist or has an impossible value
 */
export function checkHostOptions(options: HostOptions, own: readonly string[] = []): void {
  for (const name of Object.keys(options))
    if (name !== "tsconfig" && name !== "typeChecks" && !own.includes(name))
      throw new TypeError(
        `zcache: the plugin has no option "${name}". It has tsconfig and typeChecks; what concerns keys stands in the plugin entry of tsconfig.json.`,
      );
  const { tsconfig, typeChecks } = options;
  if (tsconfig !== undefined && typeof tsconfig !== "string")
    throw new TypeError(
      `zcache: "tsconfig" must be the path of a tsconfig file, but got: ${JSON.stringify(tsconfig)}.`,
    );
  if (typeChecks !== undefined && typeChecks !== "build" && typeChecks !== "never")
    throw new TypeError(`zcache: "typeChecks" must be "build" or "never", but got: ${JSON.stringify(typeChecks)}.`);
}
