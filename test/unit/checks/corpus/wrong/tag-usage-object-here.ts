// expect: object-in-text@9:28, tag-meaning@14:52
import { invalidateTag } from "zcache";

interface User {
  id: number;
}

export class Users {
  // @zcache tags: ["user:{user}"]
  async posts(user: User): Promise<string[]> {
    return (await (await fetch(`/posts?user=${user.id}`)).json()) as string[];
  }

  // @zcache key: "likes:{user.id}", tags: ["user:{user.id}"]
  async likes(user: User): Promise<number> {
    return Number(await (await fetch(`/likes?user=${user.id}`)).text());
  }
}

export const forget = (id: number): Promise<void> => invalidateTag(`user:${id}`);
