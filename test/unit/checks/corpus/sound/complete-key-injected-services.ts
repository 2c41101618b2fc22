function Injectable(): ClassDecorator {
  return () => undefined;
}
function Inject(_token: string): ParameterDecorator {
  return () => undefined;
}
interface UserRepository {
  findOne(where: { id: number }): Promise<{ name: string } | null>;
}
interface HttpService {
  get(url: string): Promise<string>;
}

@Injectable()
export class UserService {
  constructor(
    @Inject("USERS") private readonly users: UserRepository,
    private readonly http: HttpService,
  ) {}

  // @zcache ttl: 1m
  async name(id: number): Promise<string | null> {
    const user = await this.users.findOne({ id });
    return user ? this.http.get(`/names/${user.name}`) : null;
  }
}
