// expect: not-annotated@8:50
import "zcache";

export async function load(id: number): Promise<string> {
  return (await fetch(`/${id}`)).text();
}

export const again = (): Promise<string> => load.refresh(5);
