import { loadContenders } from "./contenders.mjs";
import { serverAt } from "./server-at.mjs";

const [name, keys, port] = process.argv.slice(2);
const modules = await loadContenders({ against: [name] });
// The heap is measured before the contender is opened, because some contenders reserve memory for
// all the keys that they may have.
const before = measure();
const contender = await modules[name].open({
  ...serverAt([Number(port)]),
  prefix: name,
  maxKeys: Number(keys),
});
for (let id = 0; id < Number(keys); id++) await contender.memory(id);
await contender.settle?.();
process.stdout.write(String(measure() - before));
process.exit(0);

function measure() {
  for (let i = 0; i < 3; i++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
