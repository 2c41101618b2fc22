interface Request {
  readonly headers: Headers;
  json(): Promise<unknown>;
}
declare const db: { get(id: number): Promise<string> };

// @zcache key: "user:{id}"
export async function user(request: Request, id: number): Promise<string> {
  request.headers.get("accept");
  return db.get(id);
}
