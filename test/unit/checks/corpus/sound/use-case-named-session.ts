// A service may be named Session: what it is called with is what it works on.
declare function Injectable(): ClassDecorator;
declare const db: { get(id: string): Promise<string> };

@Injectable()
export class Session {
  async execute(command: { readonly id: string }): Promise<string> {
    return db.get(command.id);
  }
}

@Injectable()
export class Inbox {
  constructor(private readonly session: Session) {}

  // @zcache
  async open(id: string): Promise<string> {
    return this.session.execute({ id });
  }
}
