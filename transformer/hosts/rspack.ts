/** rspack takes webpack's plugins without changes. */
import { makeCallable } from "./callable";
import zcache, { ZcachePlugin } from "./webpack";

export { ZcachePlugin };

export default zcache;

makeCallable(module, zcache);
