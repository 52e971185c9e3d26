// How ts-node (tsconfig.json) turns TypeScript into JavaScript: with esbuild, which bundles the handlers anyway. It halves
// the time until the program, the local stack or a test has started. This file is JavaScript because nothing is there to
// transpile it.
const { transformSync } = require('esbuild');

exports.create = () => ({
  transpile(code, { fileName }) {
    const options = {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'external',
      sourcefile: fileName,
    };
    const { code: outputText, map: sourceMapText } = transformSync(code, options);
    return { outputText, sourceMapText, diagnostics: [] };
  },
});
