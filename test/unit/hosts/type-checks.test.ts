import test from "ava";
import { nodeOptions } from "../../../transformer/hosts/type-checks";

test("the process of the checks gets as much memory as the build, and neither its hooks nor its debugger", (t) => {
  t.deepEqual(nodeOptions(["--import zcache/register --inspect-brk --enable-source-maps"]), []);
  t.deepEqual(nodeOptions(["--inspect --max-old-space-size=8192", "--no-warnings"]), [
    "--max-old-space-size=8192",
  ]);
  t.deepEqual(nodeOptions(["--max_old_space_size 4096"]), ["--max_old_space_size 4096"]);
});
