interface Entity {
  id: number;
}

// @zcache key: "entity:{kind}:{entity.id}"
export async function reload<T extends Entity>(kind: string, entity: T): Promise<string> {
  return `${kind}${entity.id}`;
}
