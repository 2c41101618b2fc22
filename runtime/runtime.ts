/** `zcache/runtime`: what emitted code calls. Not for use by hand; it changes with the transformer. */
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
