// expect: not-annotated@5:50
import "zcache";
import { load } from "./index";

export const again = (): Promise<string> => load.refresh(5);
