import { invalidateTag } from "zcache";

declare class PrismaClient {
  $transaction<R>(run: (tx: { run(): Promise<void> }) => Promise<R>): Promise<R>;
}
interface QueryRunner {
  startTransaction(): Promise<void>;
  commitTransaction(): Promise<void>;
}
declare const prisma: PrismaClient;
declare const runner: QueryRunner;

// @zcache tags: ["user:{id}"]
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export async function rename(id: number): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.run();
    await user.nocache(id);
    await user(id);
  });
  await invalidateTag(`user:${id}`);
  await runner.startTransaction();
  await runner.commitTransaction();
  await user.invalidate(id);
}
