import "zcache";

declare function timed<F extends (id: number) => Promise<string>>(load: F): F;

const load = timed(
  // @zcache key: "load:{id}"
  async (id: number): Promise<string> => (await fetch(`/${id}`)).text(),
);
export const forget = (): Promise<void> => load.invalidate(5);
