/** `npm run test:fast`: the tests that need neither a build nor a server. */
module.exports = { ...require("./ava.config.cjs"), files: ["test/unit/**/*.test.ts"] };
