// expect: unkeyable-value@15:4
// The constructor takes nothing and there are no methods, but the program makes instances: a key refuses them.
class ListQuery {
  page = 1;
  size = 20;
}

export function queryOf(parameters: URLSearchParams): ListQuery {
  const query = new ListQuery();
  query.page = Number(parameters.get("page") ?? 1);
  return query;
}

export const firstPage = async (): Promise<number> => list(new ListQuery());
// @zcache ttl: 1m
async function list(query: ListQuery): Promise<number> {
  return query.page * query.size;
}
