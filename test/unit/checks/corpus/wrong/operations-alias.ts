// expect: not-annotated@9:55
import "zcache";

async function load(id: number): Promise<string> {
  return (await fetch(`/${id}`)).text();
}

const loadAgain = load;
export const again = (): Promise<string> => loadAgain.refresh(5);
