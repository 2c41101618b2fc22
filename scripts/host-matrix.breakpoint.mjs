/**
 * Stops a program at a line of its source as a debugger does, by the maps of its scripts. `node
 * --experimental-websocket scripts/host-matrix.breakpoint.mjs service.ts:8:id NODE ARGUMENTS`
 * prints `STOPPED service.ts:8 id=5`, which is the place that the debugger shows, and a variable
 * there under the name that it has in the source.
 */
import { decode } from "@jridgewell/sourcemap-codec";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [wanted, node, ...args] = process.argv.slice(2);
const [file, line, variable] = wanted.split(":");
const pause = fileURLToPath(new URL("host-matrix.pause.cjs", import.meta.url));
const child = spawn(node, ["--inspect-brk=127.0.0.1:0", "--require", pause, ...args], {
  stdio: ["ignore", "inherit", "pipe"],
});
child.once("close", () => process.exit());
const url = await new Promise((resolve) => {
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
    const [found] = /ws:\/\/\S+/.exec(said) ?? [];
    if (found) resolve(found);
  });
});

const socket = new WebSocket(url);
await new Promise((resolve) => socket.addEventListener("open", resolve));
const answers = new Map();
const scripts = new Map();
/** The names of the scripts that were looked at. */
const examined = new Set();
/** The breakpoints that were set. */
const set = new Set();
let sent = 0;
socket.addEventListener("message", ({ data }) => {
  const { id, method, params, result } = JSON.parse(data);
  if (id !== undefined) answers.get(id)?.(result);
  else if (method === "Debugger.scriptParsed") scripts.set(params.scriptId, params);
  else if (method === "Debugger.paused") void stopped(params);
});

await post("Debugger.enable");
// Before each script runs, so that the breakpoint is there when its first line does.
await post("Debugger.setInstrumentationBreakpoint", { instrumentation: "beforeScriptExecution" });
await post("Runtime.runIfWaitingForDebugger");

function post(method, params = {}) {
  const id = ++sent;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve) => answers.set(id, resolve));
}

async function stopped({ reason, callFrames, hitBreakpoints = [] }) {
  if (reason !== "instrumentation" && hitBreakpoints.some((id) => set.has(id)))
    return showPlace(callFrames[0]);
  for (const script of scripts.values()) await examine(script);
  await post("Debugger.resume");
}

/**
 * A breakpoint is set by the name of a script, because a module of CommonJS is compiled twice here.
 */
async function examine(script) {
  if (examined.has(script.url)) return;
  examined.add(script.url);
  const [place] = generatedPlaces(script);
  if (!place) return;
  const [lineNumber, columnNumber] = place;
  const { breakpointId } = await post("Debugger.setBreakpointByUrl", {
    url: script.url,
    lineNumber,
    columnNumber,
  });
  set.add(breakpointId);
}

async function showPlace({ location, callFrameId }) {
  const { result } = await post("Debugger.evaluateOnCallFrame", {
    callFrameId,
    expression: variable,
  });
  console.log(
    `STOPPED ${originalPlace(scripts.get(location.scriptId), location)} ${variable}=${result.value}`,
  );
  child.kill();
}

/**
 * The places of a script that its map leads to the line of the source, in the order of its columns
 * there.
 */
function generatedPlaces(script) {
  const map = mapOf(script);
  // Without a map the script is the source.
  if (map === null) return script.url.endsWith(`/${file}`) ? [[line - 1, 0]] : [];
  const source = map.sources.findIndex((one) => basename(one) === file);
  return map.lines
    .flatMap((segments, at) => segments.map((segment) => [at, ...segment]))
    .filter(([, , of, original]) => source >= 0 && of === source && original === line - 1)
    .toSorted((a, b) => a[4] - b[4]);
}

function originalPlace(script, { lineNumber, columnNumber }) {
  const map = mapOf(script);
  if (map === null) return `${basename(script.url)}:${lineNumber + 1}`;
  const segment = (map.lines[lineNumber] ?? []).findLast(
    (one) => one.length > 1 && one[0] <= columnNumber,
  );
  return segment
    ? `${basename(map.sources[segment[1]])}:${segment[2] + 1}`
    : "a place that the map doesn't have";
}

function mapOf(script) {
  if (!script.sourceMapURL) return null;
  script.map ??= readMap(script);
  return script.map;
}

function readMap({ url: of, sourceMapURL }) {
  const inline = /^data:[^,]*?(;base64)?,(.*)$/s.exec(sourceMapURL);
  const path = of.startsWith("file:") ? fileURLToPath(of) : of;
  const text = inline
    ? Buffer.from(decodeURIComponent(inline[2]), inline[1] ? "base64" : "utf8").toString()
    : readFileSync(join(dirname(path), sourceMapURL), "utf8");
  const { sources, mappings } = JSON.parse(text);
  return { sources, lines: decode(mappings) };
}
