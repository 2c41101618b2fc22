// expect: hint undetermined-result@4:4
declare function query(sql: string, values: unknown[]): Promise<{ id: number }[]>;

// @zcache ttl: 1d
export async function appointments(doctor: number) {
  return query("select id from appointments where doctor = $1 and day = $2", [
    doctor,
    new Date().toISOString().slice(0, 10),
  ]);
}
