// expect: unknown-tag@11:38, hint never-invalidated-tag@5:21
import "zcache";

export class Users {
  // @zcache tags: ["user:{id}"]
  async profile(id: number): Promise<string> {
    return (await fetch(`/users/${id}`)).text();
  }

  async rename(id: number): Promise<void> {
    await this.profile.invalidateTag(`users:${id}`);
  }
}
