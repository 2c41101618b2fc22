// expect: incomplete-key@24:6
declare function Injectable(): (target: object) => void;
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

@Injectable()
class CurrentUser {
  id = 0;
}

@Injectable()
export class AuthGuard {
  constructor(private readonly current: CurrentUser) {}

  canActivate(request: { readonly user: { readonly id: number } }): boolean {
    this.current.id = request.user.id;
    return true;
  }
}

@Injectable()
export class Orders {
  constructor(private readonly current: CurrentUser) {}

  // @zcache ttl: 1m
  async list(page: number): Promise<string> {
    return db.all(this.current.id, page);
  }
}
