/** rolldown takes rollup's plugins without changes. */
import { makeCallable } from "./callable";
import zcache from "./rollup";

export default zcache;

makeCallable(module, zcache);
