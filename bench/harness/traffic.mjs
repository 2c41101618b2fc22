import { connect, Socket } from "node:net";
import { createInterface } from "node:readline";

const lastWords = "zcache bench ends";

/**
 * Counts what `work` sends and receives: the commands that the clients sent (from MONITOR, because
 * INFO also counts those inside scripts), write calls to sockets, and bytes in both directions.
 */
export async function countTraffic({ ports }, work) {
  const watchers = await Promise.all(ports.map(watch));
  const own = new Set(watchers.flatMap(({ sockets }) => sockets));
  const before = new Map(openSockets(own).map((socket) => [socket, transferred(socket)]));
  const writes = countWrites(own);
  await work();
  writes.stop();
  const bytes = openSockets(own).reduce(
    (sum, socket) => sum + transferred(socket) - (before.get(socket) ?? 0),
    0,
  );
  const names = (await Promise.all(watchers.map((watcher) => watcher.stop()))).flat();
  return { commands: names.length, names: countNames(names), writes: writes.count, bytes };
}

/** Watches on sockets of its own, because ioredis 6 takes MONITOR's output for replies. */
async function watch(port) {
  const [monitor, control] = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  const names = [];
  let started, ended;
  const start = new Promise((resolve) => (started = resolve));
  const end = new Promise((resolve) => (ended = resolve));
  createInterface(monitor).on("line", (line) => {
    const [, source, name] = /^\+\d+\.\d+ \[\d+ (\S+)\] "(\w+)"/.exec(line) ?? [];
    if (name === undefined) started();
    else if (line.endsWith(`"${lastWords}"`)) ended();
    else if (source !== "lua") names.push(name.toLowerCase());
  });
  monitor.write("MONITOR\r\n");
  await start;
  // Everything before this command has been seen when it arrives.
  const stop = async () => {
    control.write(`ECHO "${lastWords}"\r\n`);
    await end;
    monitor.destroy();
    control.destroy();
    return names;
  };
  return { sockets: [monitor, control], stop };
}

/** Counts write calls. Each one is a system call, unless the socket could not take more. */
function countWrites(own) {
  const original = Socket.prototype._writeGeneric;
  const writes = {
    count: 0,
    stop: () => (Socket.prototype._writeGeneric = original),
  };
  Socket.prototype._writeGeneric = function (...args) {
    if (!own.has(this)) writes.count++;
    return original.apply(this, args);
  };
  return writes;
}

function openSockets(own) {
  return process
    ._getActiveHandles()
    .filter((handle) => handle instanceof Socket && handle.remotePort && !own.has(handle));
}

function transferred(socket) {
  return socket.bytesRead + socket.bytesWritten;
}

function countNames(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
