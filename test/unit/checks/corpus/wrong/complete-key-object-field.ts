// expect: incomplete-key@12:6, incomplete-key@17:6, hint incomplete-key@22:6
interface User {
  id: string;
  roles: string[];
}
declare const db: { projects(user: User): Promise<string[]>; wait<T>(ms: number, answer: T): Promise<T> };

// What is cached for one user would be shown to the next: it is an object, but data all the same.
export class Projects {
  constructor(private readonly user: User, private readonly options: { region: string; timeoutMs: number }) {}

  // @zcache
  async all(): Promise<string[]> {
    return db.projects(this.user);
  }

  // @zcache
  async regional(): Promise<string> {
    return `region ${this.options.region}`;
  }

  // @zcache
  async delayed(name: string): Promise<string> {
    return db.wait(this.options.timeoutMs, name);
  }
}
