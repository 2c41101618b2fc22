/**
 * The part of `node:util` that keys need, which finds the kind of a value. The values of examples
 * are from one realm, so `instanceof` is enough.
 */
export const types = {
  isDate: (value: unknown): boolean => value instanceof Date,
  isMap: (value: unknown): boolean => value instanceof Map,
  isSet: (value: unknown): boolean => value instanceof Set,
  isArrayBuffer: (value: unknown): boolean => value instanceof ArrayBuffer,
  isDataView: (value: unknown): boolean => value instanceof DataView,
  isTypedArray: (value: unknown): boolean =>
    ArrayBuffer.isView(value) && !(value instanceof DataView),
  isPromise: (value: unknown): boolean => value instanceof Promise,
};
