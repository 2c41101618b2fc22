/** rspack takes webpack's plugins as they are. */
import zcache, { ZcachePlugin } from "./webpack";

export { ZcachePlugin };

export default zcache;

module.exports = Object.assign(zcache, module.exports);
