// expect: invalidate-in-transaction@22:18
import "zcache";

interface Client {
  user: { update(id: number): Promise<void> };
}
declare class PrismaClient implements Client {
  user: { update(id: number): Promise<void> };
  $transaction<R>(run: (tx: Client) => Promise<R>, options?: { timeout?: number }): Promise<R>;
}
const prisma = new PrismaClient();

// @zcache
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const rename = (id: number): Promise<void> =>
  prisma.$transaction(
    async (tx) => {
      await tx.user.update(id);
      await user.invalidate(id);
    },
    { timeout: 5 },
  );
