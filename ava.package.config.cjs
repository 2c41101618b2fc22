"use strict";
/**
 * The tests of the runtime, for the files that users get: `npm run test:package` says where these are.
 *
 * Left out are tests of one module by itself, which the bundle doesn't hand out, and which has no other behaviour in it:
 * clock, copies, duration, entry, guard, key, key-names, thrown. And those of the transformer, which is no bundle.
 */
module.exports = {
  ...require("./ava.config.cjs"),
  files: [
    "test/{bindings,codec,hostile-bytes,managed-service,memory-backend,model,redis-backend,testing-kit,tiered-backend}.test.ts",
    "test/runtime/*.test.ts",
  ],
  require: [
    "./test/support/children-without-coverage.cjs",
    "./test/support/packed-package.cjs",
    "./test/support/ts-node.cjs",
  ],
};
