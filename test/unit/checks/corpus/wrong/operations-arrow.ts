// expect: not-annotated@6:49
import "zcache";

const load = async (id: number): Promise<string> => (await fetch(`/${id}`)).text();

export const forget = (): Promise<void> => load.invalidate(5);
