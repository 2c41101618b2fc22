// expect: unfaithful-codec@6:4
interface Stamped {
  at: Date;
}

// @zcache key: "stamp:{stamped.at}"
export async function latest<T extends Stamped>(stamped: T): Promise<T> {
  return stamped;
}
