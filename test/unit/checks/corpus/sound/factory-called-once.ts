// The program calls the factory once, where its module is loaded, so that its parameters have one value each.
declare const db: { list(table: string, limit: number): Promise<string[]> };

function createReader(table: string, limit = 100) {
  // @zcache
  const page = async (number: number): Promise<string[]> => {
    const rows = await db.list(table, limit);
    return rows.slice(number * limit);
  };
  return { page };
}

export const users = createReader("users");

async function migrate(exit = false, limit = 100): Promise<void> {
  // @zcache
  const work = async (page: number): Promise<string[]> => db.list(`users:${page}`, limit);
  await work(1);
  if (exit) process.exit(0);
}
if (process.env["RUN"] !== "no") void migrate(true);
