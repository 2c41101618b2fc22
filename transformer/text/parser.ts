import type ts from "typescript";
import { type Syntax } from "../context/syntax";

/**
 * The parser that comes with zcache, so that the user's compiler isn't needed. In the built package
 * this file is that parser, cut out of TypeScript 6 by `scripts/bundle-parser.mjs`; in the
 * repository it is the whole compiler.
 */
export const parser: Syntax = require("typescript-6.0") as typeof ts;
