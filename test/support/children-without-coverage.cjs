// Coverage is that of the tests' own processes. The processes that they start run dist/, which is
// not counted, and would only take longer and write a few megabytes each. At this point this
// process has read where its own coverage is to be written.
delete process.env.NODE_V8_COVERAGE;
