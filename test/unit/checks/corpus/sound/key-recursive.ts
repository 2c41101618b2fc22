interface Expression {
  operator: string;
  operands: (Expression | string)[];
}

// @zcache ttl: 1m
export async function evaluate(expression: Expression): Promise<string> {
  return expression.operator + expression.operands.length;
}
