interface User {
  id: string;
  roles: string[];
}
declare const db: { projects(user: User): Promise<string[]>; load(user: User): Promise<string> };

// A service that is given is no data, and what is in the key need not be asked for.
export class Projects {
  constructor(
    private readonly user: User,
    private readonly audit: { write(line: string): void; readonly name: string },
  ) {}

  // @zcache key: "projects:{this.user.id}"
  async all(): Promise<string[]> {
    this.audit.write(this.user.id);
    return db.projects(this.user);
  }

  // @zcache key: "user:{this.user}"
  async load(): Promise<string> {
    return db.load(this.user);
  }
}
