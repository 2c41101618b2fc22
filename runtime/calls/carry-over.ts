interface Metadata {
  getOwnMetadataKeys?(target: Function): readonly unknown[];
  getOwnMetadata(key: unknown, target: Function): unknown;
  defineMetadata(key: unknown, value: unknown, target: Function): void;
}

/**
 * Gives a cached function what decorators have put on the function that it replaces: properties,
 * and the metadata of the package reflect-metadata. Such decorators run before zcache's where
 * another transformer adds them behind it, as Nest's plugin for Swagger does.
 */
export function carryOver(replaced: Function, cached: Function): void {
  if (replaced === cached) return;
  for (const key of Reflect.ownKeys(replaced))
    if (!Object.hasOwn(cached, key))
      Object.defineProperty(
        cached,
        key,
        Object.getOwnPropertyDescriptor(replaced, key) as PropertyDescriptor,
      );
  const metadata = Reflect as unknown as Metadata;
  for (const key of metadata.getOwnMetadataKeys?.(replaced) ?? [])
    metadata.defineMetadata(key, metadata.getOwnMetadata(key, replaced), cached);
}
