// @zcache key: "hook:{event.type}:{event.deeply.nested.id}"
export async function handle(event: any): Promise<string> {
  return `${event.type} ${event.deeply.nested.id}`;
}
