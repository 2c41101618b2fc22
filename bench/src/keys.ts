export interface Filter {
  readonly org: number;
  readonly page: { readonly from: number; readonly size: number };
  readonly sort: string;
}

// @zcache
export async function byNumber(id: number): Promise<number> {
  return id;
}

// @zcache
export async function byNumberAndWord(id: number, language: string): Promise<string> {
  return `${id}${language}`;
}

// @zcache
export async function byFilter(filter: Filter): Promise<number> {
  return filter.org;
}
