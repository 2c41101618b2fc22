// expect: unfaithful-codec@9:19
class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

// @zcache codec: yaml
export async function centre(city: string): Promise<Point> {
  return new Point(city.length, 0);
}
