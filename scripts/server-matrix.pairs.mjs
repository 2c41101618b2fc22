/**
 * Returns a plan of few rows in which each server meets each client, each server each version of
 * Node, and each client each version of Node.
 *
 * A server and a client meet in one row. Its version of Node moves on by one with the next server
 * and with the next client, so it is another one in each row of a server, and of a client. That
 * reaches all versions as long as there are at least as many servers and clients as versions.
 */
export function pair(servers, clients, nodes) {
  return servers.flatMap((server, i) =>
    clients.map((client, j) => ({ server, client, node: nodes[(i + j) % nodes.length] })),
  );
}
