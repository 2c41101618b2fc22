// expect: not-annotated@8:21
import "zcache";

export class Rates {
  readonly rate = async (day: string): Promise<number> => Number(await (await fetch(`/${day}`)).text());

  async renew(): Promise<void> {
    await this.rate.refresh("today");
  }
}
