interface Request {
  readonly user: { readonly id: number };
  get(header: string): string;
}
declare const db: { get(...values: unknown[]): Promise<string> };

// @zcache key: "items:{request.user.id}:{page}"
export async function items(request: Request, page: number): Promise<string> {
  return db.get(request.user.id, page);
}
