// NestJS with TypeORM: each service hands its repository to the base.
function Injectable(): ClassDecorator {
  return () => undefined;
}
function InjectRepository(_entity: unknown): ParameterDecorator {
  return () => undefined;
}
interface Repository<T> {
  findOne(options: { where: { id: string } }): Promise<T | null>;
}
class User {
  name = "";
}
class Order {
  total = 0;
}

abstract class CrudService<T> {
  constructor(protected readonly repository: Repository<T>) {}

  // @zcache ttl: 1m
  async findOne(id: string): Promise<T | null> {
    return this.repository.findOne({ where: { id } });
  }
}

@Injectable()
export class UserService extends CrudService<User> {
  constructor(@InjectRepository(User) users: Repository<User>) {
    super(users);
  }
}

@Injectable()
export class OrderService extends CrudService<Order> {
  constructor(@InjectRepository(Order) orders: Repository<Order>) {
    super(orders);
  }
}
