module.exports = {
  files: ["test/**/*.test.ts"],
  extensions: ["ts"],
  require: ["./test/support/children-without-coverage.cjs", "./test/support/ts-node.cjs"],
  // Two cores, and several files start servers or compilers of their own.
  concurrency: 2,
  timeout: "5m",
};
