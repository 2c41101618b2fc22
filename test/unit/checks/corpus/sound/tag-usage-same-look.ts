import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}"]
export async function name(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

// @zcache tags: ["user:{key}"]
export async function mail(key: string): Promise<string> {
  return (await fetch(`/mails/${key}`)).text();
}

// @zcache key: "age:{user.id}", tags: ["user:{user.id}"]
export async function age(user: { id: number }): Promise<number> {
  return Number(await (await fetch(`/ages/${user.id}`)).text());
}

export const forget = (id: number): Promise<void> => invalidateTag(`user:${id}`);
