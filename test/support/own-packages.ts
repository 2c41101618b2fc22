import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Returns a `require` for the packages that the tests of libraries use besides those of the root,
 * and installs them if that has not been done.
 */
export function requireOwnPackages(): NodeJS.Require {
  return createRequire(join(installPackages("databases/own-packages"), "package.json"));
}

/** Installs the packages of a folder of tests if that has not been done. Returns its path. */
export function installPackages(
  name: "databases/own-packages" | "databases/newer-node" | "processes/studio/frameworks",
): string {
  const folder = join(__dirname, "..", name);
  if (!existsSync(join(folder, "node_modules/.package-lock.json")))
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"], {
      cwd: folder,
      stdio: "inherit",
    });
  return folder;
}
