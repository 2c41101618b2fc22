class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

// @zcache ttl: 10m
export async function centre(city: string): Promise<Point> {
  return new Point(city.length, 0);
}
