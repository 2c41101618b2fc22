// expect: incomplete-key@10:6
interface Connection {
  query(sql: string): Promise<string[]>;
}
declare const connections: { for(tenant: string): Connection };

class Projects {
  constructor(private readonly connection: Connection) {}

  // @zcache
  async all(): Promise<string[]> {
    return this.connection.query("select name from projects");
  }
}

export function projectsOf(tenant: string): Projects {
  return new Projects(connections.for(tenant));
}
