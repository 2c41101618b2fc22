// expect: unfaithful-codec@8:6
interface Report {
  day: string;
  rows: Map<string, number>;
}

export class Reports {
  // @zcache ttl: 1h
  async daily(day: string): Promise<Report> {
    return { day, rows: new Map() };
  }
}
