import type ts from "typescript";
import { type RawTsconfig } from "../../hosts/tsconfig";
import { type Sync } from "./api";

/** Reads a tsconfig by the server, which leaves the `plugins` out. */
export function parseConfig(
  server: Sync.API,
  { file, compilerOptions: { plugins } }: RawTsconfig,
): ts.ParsedCommandLine {
  const { fileNames, options } = server.parseConfigFile(file);
  return {
    options: { ...options, ...(plugins !== undefined && { plugins }) } as ts.CompilerOptions,
    fileNames,
    errors: [],
  };
}
