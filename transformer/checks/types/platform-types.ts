import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";

export type TypeContext = Pick<CheckContext, "ts" | "checker" | "program">;

/**
 * The kind of values of a type of the language or of Node, as far as it matters to keys and codecs.
 */
export type PlatformKind =
  | "bytes"
  | "Date"
  | "Error"
  | "Map"
  | "Promise"
  | "RegExp"
  | "Set"
  | "weak"
  | "wrapper"
  | Unshareable;

/** Kinds of values that belong to one caller, or that a caller uses up. */
export type Unshareable = "handle" | "iterator" | "request" | "response" | "signal" | "stream";

const kinds: Readonly<Record<PlatformKind, string>> = {
  bytes:
    "Buffer ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array " +
    "Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array",
  Date: "Date",
  Error: "Error",
  Map: "Map ReadonlyMap",
  Promise: "Promise PromiseLike",
  RegExp: "RegExp",
  Set: "Set ReadonlySet",
  weak: "WeakMap WeakSet WeakRef FinalizationRegistry",
  wrapper: "Object String Number Boolean BigInt",
  handle:
    "FileHandle Socket Server ChildProcess Worker MessagePort MessageChannel BroadcastChannel WebSocket EventSource " +
    "Interface Dir FSWatcher Agent EventEmitter EventTarget Timeout Immediate AsyncLocalStorage AsyncResource " +
    "ClientHttp2Session ServerHttp2Session Hash Hmac KeyObject",
  iterator:
    "Iterator IterableIterator IteratorObject Generator AsyncIterable AsyncIterator AsyncIterableIterator " +
    "AsyncIteratorObject AsyncGenerator ArrayIterator MapIterator SetIterator StringIterator RegExpStringIterator",
  request: "Request IncomingMessage ClientRequest Http2ServerRequest",
  response: "Response ServerResponse OutgoingMessage Http2ServerResponse",
  signal: "AbortSignal AbortController",
  stream:
    "Stream Readable Writable Duplex Transform PassThrough ReadStream WriteStream ReadableStream WritableStream " +
    "ReadWriteStream TransformStream ReadableStreamDefaultReader CompressionStream",
};

const kindByName: ReadonlyMap<string, PlatformKind> = new Map(
  Object.entries(kinds).flatMap(([kind, names]) =>
    names.split(" ").map((name) => [name, kind as PlatformKind] as const),
  ),
);

export interface PlatformType {
  readonly kind: PlatformKind;
  /** The platform's name; for a class that extends it, that of its base. */
  readonly name: string;
  readonly type: ts.Type;
  /** The type itself, not one that extends it. */
  readonly own: boolean;
}

/** Returns the nearest type of the language or of Node that this one is or extends. */
export function platformTypeOf(
  context: TypeContext,
  type: ts.Type,
  depth = 0,
): PlatformType | null {
  const symbol = type.getSymbol();
  const kind = symbol && kindByName.get(symbol.name);
  if (kind && isPlatform(context, symbol))
    return { kind, name: symbol.name, type, own: depth === 0 };
  // Nobody writes a longer chain of bases.
  if (depth > 8 || !type.isClassOrInterface()) return genericBase(context, type, depth);
  for (const base of context.checker.getBaseTypes(type)) {
    const found = platformTypeOf(context, base, depth + 1);
    if (found) return found;
  }
  return null;
}

/**
 * Returns the platform type of an instance of a generic class or interface, whose bases are its
 * target's.
 */
function genericBase(context: TypeContext, type: ts.Type, depth: number): PlatformType | null {
  const { target } = type as ts.TypeReference;
  if (depth > 8 || !target || target === type || context.checker.isTupleType(type)) return null;
  const found = platformTypeOf(context, target, depth);
  return found && { ...found, type: found.own ? type : found.type };
}

/**
 * Whether it is declared by TypeScript's own libraries, or by those of a runtime, and not a user's
 * class with the same name. For
 * `Partial<Session>` the symbol is the alias; the type has no name, and is the user's own.
 */
export function isPlatform({ ts, program }: TypeContext, symbol: ts.Symbol | undefined): boolean {
  if (!symbol || symbol.flags & ts.SymbolFlags.TypeLiteral) return false;
  return (symbol.declarations ?? []).some((declaration) => {
    const file = declaration.getSourceFile();
    return program.isSourceFileDefaultLibrary(file) || runtimeTypes.test(file.fileName);
  });
}

const runtimeTypes =
  /\/node_modules\/(?:@types\/(?:node|bun)|undici-types|bun-types|@cloudflare\/workers-types)\//;
