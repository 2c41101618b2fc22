interface Page<T> {
  items: T[];
  cursor: string | null;
}

// @zcache key: "page:{cursor}:{items}"
export async function page<T extends { id: number }>(items: T[], cursor: string): Promise<Page<T>> {
  return { items, cursor };
}
