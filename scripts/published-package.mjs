import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs a package with its dependencies, because without their types little can be checked.
 * Returns where it is.
 */
export function installPackage(name, folder) {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "real", private: true }));
  const flags = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--legacy-peer-deps",
    "--silent",
  ];
  execFileSync("npm", ["install", ...flags, name, "@types/node@20"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(folder, "node_modules", name.replace(/(?<=.)@.*$/, ""));
}
