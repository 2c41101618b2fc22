// expect: nothing-to-cache@4:4
declare function query(sql: string): Promise<{ id: number }[]>;

// @zcache ttl: 10m
export const listUsers = async (team: string) => {
  await query(`select id from users where team = ${team}`);
};
