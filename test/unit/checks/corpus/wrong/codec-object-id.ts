// expect: unfaithful-codec@10:4
// As MongoDB's.
declare class ObjectId {
  constructor(hex: string);
  toHexString(): string;
  equals(other: ObjectId | string): boolean;
  toJSON(): string;
}

// @zcache ttl: 10m
export async function document(id: string): Promise<{ _id: ObjectId; title: string } | null> {
  return id === "" ? null : { _id: new ObjectId(id), title: id };
}
