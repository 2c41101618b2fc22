declare class PrismaClient {
  user: { findUnique(args: { where: { id: number } }): Promise<{ name: string } | null> };
  $connect(): Promise<void>;
}
class PrismaService extends PrismaClient {
  async onModuleInit(): Promise<void> {
    await this.$connect();
  }
}

export class UsersService {
  constructor(private readonly prisma: PrismaService) {}

  // @zcache ttl: 1m
  async find(id: number): Promise<{ name: string } | null> {
    return this.prisma.user.findUnique({ where: { id } });
  }
}
