/**
 * What both kinds of clients have in common: they emit events of their connection, whose arguments
 * don't matter here.
 */
export interface EventfulClient {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/** Listens to events of a client, each by its name. Returns a function that ends it. */
export function listen(
  client: EventfulClient,
  listeners: Readonly<Record<string, () => void>>,
): () => void {
  const all = Object.entries(listeners);
  for (const [event, listener] of all) client.on(event, listener);
  return () => {
    for (const [event, listener] of all) client.off(event, listener);
  };
}
