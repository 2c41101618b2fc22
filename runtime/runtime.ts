/**
 * `zcache/runtime` contains the functions that emitted code calls. They are not for use by hand,
 * and change with the transformer.
 */
import { followSwitch } from "./studio/switch";

export { call, callPlain } from "./calls/call";
export { attach, method, object, privateMethod, wrap } from "./calls/cached-function";
export { at, decorate, on, place } from "./calls/operations-on-receiver";
export { literal } from "./loads/receiver";

// A program that says nothing about Studio may import no more than this file.
followSwitch();
