import { log } from "node:console";

let verbose = false;
export const setVerbose = (): void => {
  verbose = true;
};

// @zcache
export async function list(page: number): Promise<string> {
  log("verbose", verbose);
  return (await fetch(`/list/${page}`)).text();
}
