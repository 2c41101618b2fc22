import { works } from "../works.mjs";
import { computeWorks, measureCompute } from "./compute.mjs";
import { loadContenders } from "./contenders.mjs";
import { measureWork } from "./measure.mjs";
import { serverAt } from "./server-at.mjs";

const { name, ports, options } = JSON.parse(process.argv[2]);
const work = works.find((one) => one.name === name);
const results = work
  ? await measureWork(work, await loadContenders(options), serverAt(ports), options)
  : await measureCompute(
      computeWorks().find((one) => one.name === name),
      options,
    );
process.send(results, () => process.exit(0));
