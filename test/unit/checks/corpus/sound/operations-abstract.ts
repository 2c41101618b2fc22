import "zcache";

export abstract class Repository {
  abstract find(id: number): Promise<string>;

  async change(id: number): Promise<void> {
    await this.find.invalidate(id);
  }
}
