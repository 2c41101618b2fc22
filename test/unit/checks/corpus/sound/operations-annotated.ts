import "zcache";

export class Users {
  // @zcache
  async profile(id: number): Promise<string> {
    return this.load(id);
  }

  private async load(id: number): Promise<string> {
    return (await fetch(`/${id}`)).text();
  }

  async change(id: number): Promise<void> {
    await this.profile.invalidate(id);
    await this.profile.refresh(id);
  }
}

// @zcache
const rate = async (day: string): Promise<number> => Number(await (await fetch(`/${day}`)).text());
const sameRate = rate;
export const again = (users: Users): Promise<unknown> =>
  Promise.all([rate.refresh("today"), sameRate.nocache("today"), users.profile.nocache(5)]);
