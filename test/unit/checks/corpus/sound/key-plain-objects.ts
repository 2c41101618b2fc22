interface Filter {
  text?: string;
  tags: readonly string[];
  range: [from: number, to: number] | null;
  sort: { by: "name" | "date"; descending?: boolean };
}

// @zcache ttl: 1m
export async function search(filter: Filter): Promise<string[]> {
  return [filter.text ?? "", ...filter.tags, String(filter.range), filter.sort.by];
}
