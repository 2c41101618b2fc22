import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";

/** Types whose values belong to one caller each. */
const requestTypes =
  /^(?:Request|IncomingMessage|Http2ServerRequest|(?:Express|Fastify|Next|NextApi|Http|Raw|Nest)Request|Session|SessionData|(?:Koa|Parameterized|Hono)Context|H3Event|RequestEvent|APIGatewayProxyEvent(?:V2)?)$/;

/**
 * Whether the type is a request that is served, or its session. A database's session doesn't count,
 * and neither does a service: `@Injectable() class Session { execute(command) { … } }`.
 */
export function isRequest({ ts, checker }: CheckContext, type: ts.Type): boolean {
  const present = checker.getNonNullableType(type);
  const symbol = present.aliasSymbol ?? present.getSymbol();
  const from = symbol?.declarations?.[0]?.getSourceFile().fileName ?? "";
  const isDatabase = /neo4j|typeorm|mongo|sequelize|knex|cassandra/.test(from);
  if (!requestTypes.test(symbol?.name ?? "") || isDatabase) return false;
  const declaration = symbol?.valueDeclaration;
  const decorators =
    declaration && ts.isClassLike(declaration) ? (ts.getDecorators(declaration) ?? []) : [];
  return !decorators.some(({ expression }) => expression.getText().startsWith("Injectable("));
}
