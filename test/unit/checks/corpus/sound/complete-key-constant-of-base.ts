// What a class hands to its base is the same for all its objects.
declare const db: { count(table: string): Promise<number>; labels(table: string): Promise<string[]> };

const definition = { table: "sprockets", label: "Sprocket" };

abstract class Store {
  private readonly label: string;
  constructor(
    protected readonly table: string,
    options: { label: string },
  ) {
    this.label = options.label;
  }
  protected get title(): string {
    return this.label.toUpperCase();
  }
}

class Widgets extends Store {
  constructor() {
    super("widgets", { label: "Widget" });
  }

  // @zcache ttl: 1m
  async count(): Promise<number> {
    return db.count(this.table);
  }
}

class Sprockets extends Store {
  constructor(shape: typeof definition) {
    super(definition.table, shape);
  }

  // @zcache ttl: 1m
  async labels(): Promise<string[]> {
    return db.labels(`${this.table} ${this.title}`);
  }
}

export const stores = [new Widgets(), new Sprockets(definition)];
