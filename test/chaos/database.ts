/**
 * This is the source of truth, which only the coordinator has. The value of each cell is the number
 * of its changes.
 */
export class Database {
  readonly #versions = new Map<number, number>();
  readonly loads = new Map<string, number>();

  load(surface: string, cells: readonly number[]): number[] {
    this.loads.set(surface, (this.loads.get(surface) ?? 0) + 1);
    return cells.map((cell) => this.#versions.get(cell) ?? 0);
  }

  change(cells: readonly number[]): number[] {
    return cells.map((cell) => {
      const version = (this.#versions.get(cell) ?? 0) + 1;
      this.#versions.set(cell, version);
      return version;
    });
  }

  get loadCount(): number {
    return [...this.loads.values()].reduce((sum, count) => sum + count, 0);
  }
}
