// Coverage is that of the tests' own processes. Those they start run what is in dist/, which is not counted, and would
// only take longer and write a few megabytes each. By now this process has read where its own is to go.
delete process.env.NODE_V8_COVERAGE;
