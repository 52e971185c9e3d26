// How ts-node (tsconfig.json) turns TypeScript into JavaScript: with esbuild, which bundles the handlers anyway. It halves
// the time until the program, the local stack or a test has started. What was transpiled once is kept beside the packages,
// for later processes. This file is JavaScript because nothing is there to transpile it.
const { createHash } = require('node:crypto');
const { version } = require('esbuild/package.json');
const { keptIn } = require('./bundling/kept-files.js');

const OPTIONS = { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'external' };

exports.create = () => ({
  transpile(code) {
    const request = JSON.stringify([version, OPTIONS, code]);
    const digest = createHash('sha256').update(request).digest('hex');
    return keptIn('transpiled', digest, () => transpiled(code));
  },
});

function transpiled(code) {
  // Loaded only where something is new.
  const { code: outputText, map: sourceMapText } = require('esbuild').transformSync(code, OPTIONS);
  return { outputText, sourceMapText, diagnostics: [] }; // ts-node names the source in the map
}
