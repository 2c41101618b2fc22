// expect: incomplete-key@17:6
interface Prisma {
  $extends(extension: object): Prisma;
  readonly order: { findUnique(query: object): Promise<string> };
}
declare const prisma: Prisma;

const clientFor = (tenant: string): Prisma => prisma.$extends({ query: { tenant } });

export class Orders {
  private readonly prisma: Prisma;

  constructor(tenant: string) {
    this.prisma = clientFor(tenant);
  }

  // @zcache ttl: 1m
  async order(id: number): Promise<string> {
    return this.prisma.order.findUnique({ where: { id } });
  }
}
