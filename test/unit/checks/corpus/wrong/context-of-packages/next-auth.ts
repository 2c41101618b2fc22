// expect: caller-context@10:4
import NextAuth from "next-auth";

const { auth } = NextAuth({});

async function user(): Promise<string> {
  return (await auth())?.user ?? "nobody";
}

// @zcache
export async function load(id: number): Promise<string> {
  return (await user()) + id;
}
