// expect: unknown-property@6:38
interface Filter {
  tags: string[];
}

// @zcache key: "search:{filter.tags.size}"
export async function search(filter: Filter): Promise<string[]> {
  return filter.tags;
}
