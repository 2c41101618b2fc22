/** rspack takes webpack's plugins as they are. */
import { makeCallable } from "./callable";
import zcache, { ZcachePlugin } from "./webpack";

export { ZcachePlugin };

export default zcache;

makeCallable(module, zcache);
