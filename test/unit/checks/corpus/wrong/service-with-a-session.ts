// expect: incomplete-key@20:6
// The object has the session of one caller, whose class no container makes.
declare function Injectable(): ClassDecorator;
declare const db: { get(id: string): Promise<string> };

export class Session {
  constructor(
    readonly id: string,
    private readonly secret: string,
  ) {}
  isValid(secret: string): boolean {
    return this.secret === secret;
  }
}

@Injectable()
export class Inbox {
  constructor(private readonly session: Session) {}

  // @zcache
  async open(): Promise<string> {
    return db.get(this.session.id);
  }
}
