"use strict";
/** Loaded before a program (node -r): serves Studio from within its process, as a developer would add it. */
const { createServer } = require("node:http");
const { join } = require("node:path");
const { createStudio } = require(join(process.env.STUDIO_PACKAGE, "dist/studio/index.js"));

const studio = createStudio({ allowWrites: true, project: process.env.STUDIO_PROJECT });
createServer(studio).listen(Number(process.env.STUDIO_PORT), "127.0.0.1").unref();
