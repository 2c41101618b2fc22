// Not that of fetch.
interface Response {
  status: number;
  body: string;
}

// @zcache ttl: 10m
export async function ask(question: string): Promise<Response> {
  return { status: 200, body: question };
}
