import type ts from "typescript";

/**
 * Where a value comes from, however it is written: the object whose method runs, or a variable that
 * is declared outside the code that runs, and the properties on the way from there. `self.tenant`,
 * after `const self = this as Accounts`, comes from the receiver by `tenant`.
 */
export interface Origin {
  readonly root: "receiver" | ts.Symbol | Made;
  /** The receiver's own type, whatever the code asserts of it. */
  readonly type?: ts.Type | null;
  /**
   * Whether the access is by `super`. Then members are those of the base class, whatever the
   * receiver's class has under the name.
   */
  readonly isSuper?: boolean;
  readonly steps: readonly Step[];
}

/**
 * An object that the code itself makes. Its parts are followed: `tenant` of `{ tenant: this.tenant
 * }`.
 */
export interface Made {
  readonly made: ts.ObjectLiteralExpression | ts.NewExpression;
  readonly scope: Scope;
}

export interface Step {
  /** The name is `anyName` if the code computes it. */
  readonly name: string;
  readonly symbol: ts.Symbol | undefined;
  /** The value's node, which the checker gives the type of. */
  readonly node: ts.Node;
}

/**
 * The known values of a function that runs. Its other names are looked up where they are declared.
 */
export interface Scope {
  readonly body: ts.Node;
  /** It is null if the loader doesn't know `this`. */
  readonly receiver: Origin | null;
  /** The values that the call gives to parameters. */
  readonly given: ReadonlyMap<ts.Symbol, readonly Origin[]>;
  /**
   * The class of the receiver, if the code puts it into a list or passes it on: what is read from
   * there is not followed, and is known by its type.
   */
  readonly escaped?: ts.Symbol | undefined;
}

/** Returns the variable, if the origin is one. */
export function variableAt({ root }: Origin): ts.Symbol | null {
  return root === "receiver" || "made" in root ? null : root;
}
