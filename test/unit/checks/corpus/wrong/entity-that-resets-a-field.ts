// expect: incomplete-key@10:19
// An ORM fills the field in, and the entity itself only resets it.
declare const db: { get(...values: unknown[]): Promise<string> };
abstract class Archivable {
  id!: number;
  archivedAt!: string | null;
}

export class Post extends Archivable {
  // @zcache key: "post:{this.id}"
  async summary(): Promise<string> {
    return this.archivedAt ? "archived" : db.get(this.id);
  }

  restore(): void {
    this.archivedAt = null;
  }
}
