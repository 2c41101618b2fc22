type Event = { type: "click"; id: number; x: number } | { type: "key"; id: number; key: string };

// @zcache key: "event:{event.id}:{event.type}"
export async function describe(event: Event): Promise<string> {
  return `${event.type} ${event.id}`;
}
