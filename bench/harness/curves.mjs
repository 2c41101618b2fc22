import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { noise, yardstick } from "./contenders.mjs";
import { compare, takeTurns } from "./rounds.mjs";

const rounds = 31;
/** In fewer calls V8 doesn't compile the code, and contenders with more of it seem slow. */
const warmUpMs = 2_000;

/** Measures operations a second against the number of callers in flight. */
export function measureCallers(modules, server, points = [1, 4, 16, 64, 256, 1024, 4096]) {
  const count = (inFlight) => Math.max(Math.min(inFlight * 8, 2048), inFlight, 192);
  return measureCurve(modules, server, points, count, (inFlight) => ({
    method: "row",
    inFlight,
    args: (n) => [n % 4096],
    keys: 4096,
  }));
}

/** Measures operations a second against the size of the value, with 8 in flight. */
export function measureSizes(modules, server, points = [100, 1_000, 10_000, 100_000, 1_000_000]) {
  const count = (size) => Math.max(8, Math.min(256, 8 * Math.round(400_000 / size)));
  return measureCurve(modules, server, points, count, (size) => ({
    method: "text",
    inFlight: 8,
    args: () => [size],
    keys: 1,
  }));
}

async function measureCurve(modules, server, points, count, describe) {
  const curves = {};
  for (const point of points) {
    await server.flush();
    const { method, inFlight, args, keys } = describe(point);
    const calls = count(point);
    const contenders = [];
    for (const [name, { open }] of Object.entries(modules)) {
      if (name === noise) continue;
      const contender = await open({ ...server, prefix: name });
      for (let n = 0; n < Math.min(keys, calls); n++) await contender[method](...args(n));
      await contender.settle?.();
      const slice = async () => {
        for (let n = 0; n < calls; n += inFlight)
          await Promise.all(
            Array.from({ length: inFlight }, (_, i) => contender[method](...args((n + i) % calls))),
          );
      };
      contenders.push({ name, contender, slice });
    }
    const results = compare([await takeTurns(contenders, { rounds, warmUp: 2, warmUpMs })]);
    for (const { name, contender } of contenders) {
      // The ratio is taken within a round, because the machine may be in another state in other
      // rounds.
      const ms = results[yardstick].ms * results[name].ratio;
      (curves[name] ??= []).push({ x: point, y: (calls * 1000) / ms });
      await contender.close();
    }
  }
  return curves;
}

/**
 * Measures the bytes that a cache in this process takes for each key, against the number of keys.
 * Each point has a process of its own.
 */
export function measureMemory(modules, server, points = [1_000, 10_000, 100_000]) {
  const child = fileURLToPath(new URL("memory-child.mjs", import.meta.url));
  const curves = {};
  for (const name of Object.keys(modules)) {
    if (name === noise) continue;
    curves[name] = points.map((keys) => {
      const bytes = Number(
        execFileSync(
          process.execPath,
          ["--expose-gc", child, name, String(keys), String(server.ports[0])],
          {
            encoding: "utf8",
          },
        ),
      );
      return { x: keys, y: bytes / keys };
    });
  }
  return curves;
}
