type JsonValue = string | number | boolean | null | JsonObject | JsonArray;
interface JsonObject {
  [name: string]: JsonValue;
}
interface JsonArray extends Array<JsonValue> {}

// @zcache ttl: 10m
export async function settings(name: string): Promise<JsonValue> {
  return { name };
}
