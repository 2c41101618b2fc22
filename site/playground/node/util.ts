/**
 * What keys need of `node:util`: of which kind a value is. The values of examples are of one realm, so `instanceof` can
 * tell.
 */
export const types = {
  isDate: (value: unknown): boolean => value instanceof Date,
  isMap: (value: unknown): boolean => value instanceof Map,
  isSet: (value: unknown): boolean => value instanceof Set,
  isArrayBuffer: (value: unknown): boolean => value instanceof ArrayBuffer,
  isDataView: (value: unknown): boolean => value instanceof DataView,
  isTypedArray: (value: unknown): boolean => ArrayBuffer.isView(value) && !(value instanceof DataView),
  isPromise: (value: unknown): boolean => value instanceof Promise,
};
