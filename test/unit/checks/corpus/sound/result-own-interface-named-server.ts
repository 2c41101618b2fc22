interface Server {
  host: string;
  port: number;
}
interface Request {
  servers: Server[];
}

// @zcache ttl: 10m
export async function servers(region: string): Promise<Request> {
  return { servers: [{ host: region, port: 80 }] };
}
