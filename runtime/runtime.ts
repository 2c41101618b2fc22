/**
 * `zcache/runtime` contains the functions that emitted code calls. They are not for use by hand,
 * and change with the transformer.
 */
export {
  at,
  attach,
  call,
  callPlain,
  decorate,
  method,
  object,
  on,
  place,
  privateMethod,
  wrap,
} from "./calls/cached-function";
export { literal } from "./loads/receiver";
