// expect: unfaithful-codec@12:4
// As dayjs: an interface with methods.
declare namespace calendar {
  interface Day {
    format(pattern?: string): string;
    add(days: number): Day;
    toJSON(): string;
  }
}
declare function calendar(text: string): calendar.Day;

// @zcache ttl: 10m
export async function deadline(project: string): Promise<{ project: string; due: calendar.Day }> {
  return { project, due: calendar("2026-01-01") };
}
