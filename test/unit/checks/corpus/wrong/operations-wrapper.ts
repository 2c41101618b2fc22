// expect: not-annotated@12:53
import "zcache";

// @zcache
async function load(id: number): Promise<string> {
  return (await fetch(`/${id}`)).text();
}

// Goes through the cache, but is no cached function itself.
export const loadUser = async (id: number): Promise<string> => load(id);

export const forget = (): Promise<void> => loadUser.invalidate(5);
