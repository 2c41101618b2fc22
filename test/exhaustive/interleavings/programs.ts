import fc from "fast-check";

export const ids = [1, 2] as const;
export type Id = (typeof ids)[number];

/**
 * Functions by key, by tag and by a tag of the result are judged separately, because each kind of
 * invalidation ends the entries of its own kind. Plain ones are also served stale.
 */
export const kinds = ["plain", "tagged", "named"] as const;
export type Kind = (typeof kinds)[number];

export type Action =
  | { type: "call" | "refresh"; process: 0 | 1; kind: Kind; id: Id }
  | { type: "batch" | "refreshBatch"; process: 0 | 1; kind: Kind; ids: readonly Id[] }
  | { type: "update"; process: 0 | 1; kind: Kind; id: Id; by: "key" | "tag" | "batch" }
  | Transact
  | { type: "evict"; key: string }
  | { type: "pass"; ms: number };

export interface Transact {
  type: "transact";
  process: 0 | 1;
  kind: Kind;
  id: Id;
  /**
   * Without a hold, what is written is invalidated after the commit. A process that dies has always
   * held what it writes.
   */
  holds: boolean;
  /** The caller reads what it has written. */
  reads: boolean;
  end: "commit" | "roll back" | "die" | "commit and die";
}

const process_ = fc.constantFrom<0 | 1>(0, 1);
const kind = fc.constantFrom(...kinds);
const id = fc.constantFrom<Id>(1, 1, 1, 2);
const some = fc.constantFrom<readonly Id[]>([1, 2], [2, 1], [1], [2, 1, 2]);
const keys = [
  ...ids.flatMap((each) => [
    `plain:${each}`,
    `tagged:${each}`,
    `named:${each}`,
    `tag:${each}~`,
    `tag:by:${each}~`,
  ]),
  "tags:by~",
];

const transact_: fc.Arbitrary<Action> = fc.record({
  type: fc.constant("transact" as const),
  process: process_,
  kind,
  id,
  holds: fc.boolean(),
  reads: fc.boolean(),
  end: fc.constantFrom<Transact["end"]>(
    "commit",
    "commit",
    "roll back",
    "die",
    "commit and die",
    "commit and die",
  ),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant("call" as const), process: process_, kind, id }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("refresh" as const), process: process_, kind, id }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("batch" as const),
      process: process_,
      kind,
      ids: some,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("refreshBatch" as const),
      process: process_,
      kind,
      ids: some,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("update" as const),
      process: process_,
      kind,
      id,
      by: fc.constantFrom<"key" | "tag" | "batch">("key", "tag", "batch"),
    }),
  },
  { weight: 4, arbitrary: transact_ },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("evict" as const), key: fc.constantFrom(...keys) }),
  },
  // The lease is 30 ms, and the time to live is 200 ms.
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      ms: fc.constantFrom(5, 15, 40, 250),
    }),
  },
);

export interface Program {
  readonly users: readonly (readonly Action[])[];
  /** These are all of one kind, so that they meet more often. */
  readonly focus: Kind | null;
  readonly seed: number;
}

/** These are several users at once, each of whom does one thing after the other. */
export const program: fc.Arbitrary<Program> = fc.record({
  users: fc.array(fc.array(action, { minLength: 2, maxLength: 7, size: "max" }), {
    minLength: 3,
    maxLength: 5,
    size: "max",
  }),
  focus: fc.constantFrom<Kind | null>(...kinds, null),
  seed: fc.integer(),
});

const one = fc.constant<Id>(1);
/**
 * These are mostly transactions, and callers that read what the transactions write. In the other
 * programs, an order in which the holds make a difference is rare.
 */
export const writing: fc.Arbitrary<Program> = fc.record({
  users: fc.array(
    fc.array(
      fc.oneof(
        {
          weight: 5,
          arbitrary: fc.record({
            type: fc.constant("call" as const),
            process: process_,
            kind,
            id: one,
          }),
        },
        {
          weight: 4,
          arbitrary: transact_.map((each) => ({
            ...(each as Transact),
            id: 1 as const,
            reads: false,
          })),
        },
        {
          weight: 1,
          arbitrary: fc.record({
            type: fc.constant("refresh" as const),
            process: process_,
            kind,
            id: one,
          }),
        },
      ),
      { minLength: 2, maxLength: 4, size: "max" },
    ),
    { minLength: 3, maxLength: 4, size: "max" },
  ),
  focus: fc.constantFrom<Kind>(...kinds),
  seed: fc.integer(),
});
