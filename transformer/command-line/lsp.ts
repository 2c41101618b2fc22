import { frame, MessageReader } from "../language-server/messages";
import { LanguageServer } from "../language-server/language-server";
import { type Command, CommandError, exitCodes } from "./command";
import { nearestConfig } from "./find-config";
import { watchSources } from "./watch-sources";

export const lsp: Command = {
  name: "lsp",
  positionals: "",
  count: [0, 0],
  summary:
    "Is a language server for directives on stdin and stdout, for editors that load no plugins of TypeScript's",
  details:
    "It runs beside the language server of TypeScript, and repeats nothing that the other one says.",
  options: {
    stdio: { description: "accepted because editors add it; there is no other way to connect" },
  },
  run: async () => {
    const stop = new AbortController();
    const isOrderly = await new Promise<boolean>((resolve, reject) => {
      const server = new LanguageServer({
        nearestConfig,
        send: (message) => void process.stdout.write(frame(message)),
        watch: (directory, changed) =>
          void watchSources(directory, stop.signal, changed).catch(() => {}),
        exit: resolve,
      });
      const reader = new MessageReader();
      process.stdin.on("data", (piece: Buffer) => {
        try {
          for (const message of reader.read(piece)) server.receive(message);
        } catch (error) {
          reject(new CommandError((error as Error).message));
        }
      });
      // An editor that has died says nothing before its end of the pipe is closed.
      process.stdin.once("end", () => resolve(false));
    });
    stop.abort();
    process.stdin.destroy();
    return isOrderly ? exitCodes.clean : exitCodes.problems;
  },
};
