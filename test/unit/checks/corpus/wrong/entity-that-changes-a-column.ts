// expect: incomplete-key@12:19
// An ORM fills in the column, whatever the entity itself does with it later.
declare function Column(target: object, name: string): void;
declare const db: { get(...values: unknown[]): Promise<string> };
abstract class Archivable {
  id!: number;
  @Column
  archivedAt!: Date | null;
}

export class Post extends Archivable {
  // @zcache key: "post:{this.id}"
  async summary(): Promise<string> {
    return this.archivedAt ? "archived" : db.get(this.id);
  }

  archive(): void {
    this.archivedAt = new Date();
  }
}
