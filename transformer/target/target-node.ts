import type ts from "typescript";

/** The forms of function that can be cached. */
export type TargetNode =
  ts.FunctionDeclaration | ts.MethodDeclaration | ts.FunctionExpression | ts.ArrowFunction;
