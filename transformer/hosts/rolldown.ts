/** rolldown takes rollup's plugins as they are. */
import { makeCallable } from "./callable";
import zcache from "./rollup";

export default zcache;

makeCallable(module, zcache);
