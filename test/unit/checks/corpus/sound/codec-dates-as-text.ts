interface Event {
  title: string;
  at: string;
  stamp: number;
}

// @zcache ttl: 10m
export async function events(day: Date): Promise<Event[]> {
  return [{ title: "lunch", at: day.toISOString(), stamp: day.getTime() }];
}
