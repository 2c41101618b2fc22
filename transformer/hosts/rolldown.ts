/** rolldown takes rollup's plugins as they are. */
import zcache from "./rollup";

export default zcache;

module.exports = Object.assign(zcache, module.exports);
