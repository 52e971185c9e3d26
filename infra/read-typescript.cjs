// Lets Node.js read TypeScript, as ts-node does for Pulumi and mocha, with the same transpiler. It does without the compiler,
// which takes longer to load than the rest of most commands.
const { readFileSync } = require('node:fs');
const { install } = require('@cspotcode/source-map-support');
const { transpile } = require('./transpiler.cjs').create();

/** By file, so that stack traces name its lines. */
const maps = new Map();

require.extensions['.ts'] = (module, file) => {
  const { outputText, sourceMapText } = transpile(readFileSync(file, 'utf8'));
  maps.set(file, sourceMapText);
  module._compile(outputText, file);
};

install({
  environment: 'node',
  redirectConflictingLibrary: false,
  // Else it reads each file of a stack, to look for a map in it.
  overrideRetrieveFile: true,
  overrideRetrieveSourceMap: true,
  retrieveFile: () => null,
  retrieveSourceMap: (file) => {
    const map = maps.get(file);
    return map === undefined ? null : { url: file, map: { ...JSON.parse(map), sources: [file] } };
  },
});
