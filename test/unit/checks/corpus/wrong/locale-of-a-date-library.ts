// expect: incomplete-key@8:4
declare const dayjs: ((at: number) => { format(pattern: string): string }) & { locale(name: string): void };

export function forLanguage(language: string): void {
  dayjs.locale(language);
}

// @zcache ttl: 1h
export async function month(at: number): Promise<string> {
  return dayjs(at).format("MMMM");
}
