import { createRequire } from "node:module";
import { join } from "node:path";
// `McpServer`, the recommended class, takes zod schemas, which would be one more package. These
// tools have only texts as parameters.
// oxlint-disable-next-line typescript/no-deprecated
import type { Server as ServerOfSdk } from "@modelcontextprotocol/sdk/server/index.js";
import type { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type * as protocol from "@modelcontextprotocol/sdk/types.js";
import { openStudio } from "../../studio/server/create-studio";
import { type Overview } from "../../studio/api";
import { type Studio } from "../../studio/server/studio";
import { type Command, CommandError, exitCodes } from "./command";
import { studioOf, studioOptions, untilInterrupted } from "./open-studio";

export const mcp: Command = {
  name: "mcp",
  positionals: "",
  count: [0, 0],
  summary:
    "Offers the same as tools for coding agents, over the Model Context Protocol on stdin and stdout",
  details:
    "It needs the package @modelcontextprotocol/sdk. Tools that change something exist only with --allow-writes, and are marked so that the agent's program asks first.",
  options: studioOptions,
  run: async (args, terminal) => {
    const { options, close } = studioOf(args, terminal);
    const studio = openStudio(options);
    try {
      const sdk = loadSdk(terminal.directory);
      const mayWrite = args.flags.has("allow-writes");
      const server = createMcpServer(sdk, studio, mayWrite ? [...readers, ...writers] : readers);
      await server.connect(new sdk.StdioServerTransport());
      // The agent's program closes the input of this process when it ends.
      const ended = new Promise<void>((resolve) => void process.stdin.once("end", resolve));
      await Promise.race([ended, untilInterrupted()]);
      await server.close();
    } finally {
      studio.close();
      close();
    }
    return exitCodes.clean;
  },
};

// oxlint-disable-next-line typescript/no-deprecated
type ToolServer = ServerOfSdk;

interface Sdk {
  readonly Server: new (
    info: protocol.Implementation,
    options: { capabilities: protocol.ServerCapabilities },
  ) => ToolServer;
  readonly StdioServerTransport: typeof StdioServerTransport;
  readonly types: typeof protocol;
}

/** Loads the project's own SDK, or else the one beside zcache. */
function loadSdk(directory: string): Sdk {
  for (const base of [join(directory, "package.json"), __filename]) {
    const load = createRequire(base);
    try {
      return {
        ...(load("@modelcontextprotocol/sdk/server/index.js") as Pick<Sdk, "Server">),
        ...(load("@modelcontextprotocol/sdk/server/stdio.js") as Pick<Sdk, "StdioServerTransport">),
        types: load("@modelcontextprotocol/sdk/types.js") as typeof protocol,
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new CommandError(
    "zcache mcp needs the Model Context Protocol's SDK: npm install --save-dev @modelcontextprotocol/sdk",
  );
}

interface Tool {
  readonly name: string;
  readonly description: string;
  /** Its parameters, which are texts, each with a description. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  readonly isChange?: boolean;
  readonly run: (studio: Studio, given: Readonly<Record<string, string>>) => Promise<unknown>;
}

const functionName = "the function's name, as list_functions has it: module.Class.function";
const windowSeconds =
  "figures of the last N seconds, up to 900; 0, the default, means since the processes started";
const sinceStart = { seconds: "0" };

const readers: readonly Tool[] = [
  {
    name: "overview",
    description:
      "Calls, hit rate, loads, errors and time saved in all, by process and by function; whether the store can be asked.",
    parameters: { seconds: windowSeconds },
    run: async (studio, given) => {
      const overview = (await studio.ask("overview", { ...sinceStart, ...given })) as Overview;
      // Columns of numbers are for charts.
      return { ...overview, series: undefined };
    },
  },
  {
    name: "list_functions",
    description:
      "Every cached function with its place in the source, its figures, and the most important advice.",
    parameters: { seconds: windowSeconds },
    run: (studio, given) => studio.ask("functions", { ...sinceStart, ...given }),
  },
  {
    name: "hit_rates",
    description:
      "One function in detail: directive, hit rate, latencies, sizes, hottest keys, why it misses, advice with its reasons.",
    parameters: { name: functionName, seconds: windowSeconds },
    required: ["name"],
    run: (studio, given) => studio.ask("function", { ...sinceStart, ...given }),
  },
  {
    name: "explain_key",
    description:
      "What a key in the store is: its function and arguments, whether a call would be a hit and why not, its tags, its value.",
    parameters: { key: "the complete key, as in Redis without a client's keyPrefix" },
    required: ["key"],
    run: (studio, given) => studio.ask("key", given),
  },
  {
    name: "recent_misses",
    description: "The last misses, newest first, each with its reason.",
    parameters: { name: functionName, key: "only misses of this key" },
    run: (studio, given) => studio.ask("misses", given),
  },
  {
    name: "list_tags",
    description:
      "Each tag with the functions that carry it, the code that invalidates it, and its last invalidations.",
    parameters: {},
    run: (studio) => studio.ask("tags"),
  },
];

const writers: readonly Tool[] = [
  {
    name: "invalidate_key",
    description:
      "Deletes what is stored at a key, in the store of the running program. The next call loads it again.",
    parameters: { key: "the complete key" },
    required: ["key"],
    isChange: true,
    run: (studio, { key }) => studio.carryOut("invalidate", { key }),
  },
  {
    name: "invalidate_tag",
    description:
      "Invalidates every entry that carries the tag, in the store of the running program.",
    parameters: { tag: "the tag's text: user:5" },
    required: ["tag"],
    isChange: true,
    run: (studio, { tag }) => studio.carryOut("invalidate", { tag }),
  },
];

function createMcpServer(
  { Server, types }: Sdk,
  studio: Studio,
  tools: readonly Tool[],
): ToolServer {
  const server = new Server(
    { name: "zcache", version: studio.parts.version },
    { capabilities: { tools: {} } },
  );
  server.setRequestHandler(types.ListToolsRequestSchema, () => ({
    tools: tools.map(describeTool),
  }));
  server.setRequestHandler(types.CallToolRequestSchema, async ({ params }) => {
    const tool = tools.find(({ name }) => name === params.name);
    try {
      if (!tool)
        throw new Error(
          `There is no tool ${params.name}. Tools: ${tools.map(({ name }) => name).join(", ")}.`,
        );
      const value = await tool.run(studio, textsOf(tool, params.arguments ?? {}));
      return answer(typeof value === "string" ? value : JSON.stringify(value, null, 2), false);
    } catch (error) {
      return answer(error instanceof Error ? error.message : String(error), true);
    }
  });
  return server;
}

function answer(text: string, isError: boolean): protocol.CallToolResult {
  return { content: [{ type: "text", text }], isError };
}

function describeTool({
  name,
  description,
  parameters,
  required = [],
  isChange = false,
}: Tool): protocol.Tool {
  const properties = Object.fromEntries(
    Object.entries(parameters).map(([key, what]) => [key, { type: "string", description: what }]),
  );
  return {
    name,
    description,
    inputSchema: {
      type: "object",
      properties,
      required: [...required],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: !isChange, destructiveHint: isChange, openWorldHint: false },
  };
}

/** Returns the parameters as texts. Numbers are accepted too, because agents write them. */
function textsOf(
  { parameters, required = [] }: Tool,
  given: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(parameters, name))
      throw new Error(
        `There is no parameter ${name}. Parameters: ${Object.keys(parameters).join(", ") || "none"}.`,
      );
    if (typeof value !== "string" && typeof value !== "number")
      throw new Error(`${name} must be a text.`);
    texts[name] = String(value);
  }
  const missing = required.find((name) => !Object.hasOwn(texts, name));
  if (missing !== undefined) throw new Error(`The parameter ${missing} is missing.`);
  return texts;
}
