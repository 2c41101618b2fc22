/** Declares what the examples of README.md and docs/ take for granted. examples.test.ts uses it. */
import type { KeyState } from "../../../../runtime/own-backend";
import type { Backend } from "../../../../runtime/index";

declare global {
  interface Org {
    id: number;
  }
  interface Profile {
    name: string;
  }
  interface Article {
    authorId: number;
  }
  interface Token {
    expiresIn: number;
  }

  type Zcache = typeof import("../../../../runtime/index");
  const configure: Zcache["configure"];
  const invalidateTag: Zcache["invalidateTag"];
  const transactional: Zcache["transactional"];
  const transactionalSync: Zcache["transactionalSync"];
  const hold: Zcache["hold"];
  const withCache: Zcache["withCache"];

  const Redis: typeof import("ioredis").Redis;
  const redis: import("ioredis").Redis;
  const assert: typeof import("node:assert/strict");
  function test(title: string, body: () => unknown): void;
  function afterEach(body: () => unknown): void;

  interface Table {
    id: number;
  }
  interface Transaction {
    update(table: unknown): { set(row: object): { where(condition: unknown): Promise<void> } };
  }
  const db: {
    profile(id: number): Promise<Profile>;
    transaction<R>(body: (tx: Transaction) => Promise<R>): Promise<R>;
  };
  const database: { transaction<R>(body: () => R): () => R };
  function eq(column: unknown, value: unknown): unknown;
  const users: Table & { profile(id: number): Promise<Profile> };
  const shop: { price(isbn: string): Promise<number> };
  const id: number;
  const name: string;
  const log: { warn(error: unknown): void };
  const queue: { add(job: object): Promise<void> };
  const request: { signal: AbortSignal };
  const response: import("node:http").ServerResponse;
  function get(path: string): Promise<{ status: number }>;
  function renderPage(of: typeof request): Promise<string>;
  const Bun: { build(options: object): Promise<unknown> };
  const encode: (value: unknown) => Buffer;
  const decode: (bytes: Buffer) => unknown;
  const MapBackend: new (keys?: Map<string, KeyState>, now?: () => number) => Backend;
}
