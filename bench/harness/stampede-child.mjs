import { once } from "node:events";
import { loads } from "../build/src/load.js";
import { loadContenders } from "./contenders.mjs";
import { serverAt } from "./server-at.mjs";
import { callAll } from "./stampede.mjs";

const [name, port] = process.argv.slice(2);
const modules = await loadContenders({ against: [name] });
const contender = await modules[name].open({ ...serverAt([Number(port)]), prefix: name });
await contender.row(1);
await contender.settle?.();
loads.count = 0;
process.send("ready");
await once(process, "message");
await callAll(contender);
await contender.settle?.();
process.send(loads.count);
