"use strict";
/**
 * The tests of the runtime, for the files that users get: `npm run test:package` says where these are.
 *
 * Left out are tests of one module by itself, whose behaviour in the bundle is the same: unit/words, user-code,
 * keys and entry, codecs/copies and freeze, cache/guard. And those of the transformer, which is not a bundle.
 */
module.exports = {
  ...require("./ava.config.cjs"),
  files: [
    "test/unit/{calls,cache,testing,transactions,verify}/*.test.ts",
    "test/unit/backends/memory-backend.test.ts",
    "test/unit/codecs/{codec,hostile-bytes}.test.ts",
    "test/redis/{calls,transactions}/*.test.ts",
    "test/redis/backends/{redis-backend,redis-commands,managed-service}.test.ts",
    "test/redis/backends/tiered/*.test.ts",
    "test/exhaustive/{interleavings,model}.test.ts",
    "!test/unit/verify/verify-parts.test.ts",
    "!test/redis/calls/counted-work.test.ts",
  ],
  require: [
    "./test/support/children-without-coverage.cjs",
    "./test/support/packed-package.cjs",
    "./test/support/ts-node.cjs",
  ],
};
