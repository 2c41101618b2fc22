// expect: possibly-undefined@6:25
interface Query {
  ids?: number[];
}

// @zcache key: "items:{query.ids.join('+')}"
export async function items(query: Query): Promise<number[]> {
  return query.ids ?? [];
}
