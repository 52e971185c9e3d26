// How ts-node (tsconfig.json) turns TypeScript into JavaScript: with esbuild, which bundles the handlers anyway. It halves
// the time until the program, the local stack or a test has started. What was transpiled once is kept beside the packages,
// for later processes. This file is JavaScript because nothing is there to transpile it.
const { createHash, randomUUID } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { version } = require('esbuild/package.json');

const FOLDER = path.resolve(__dirname, '..', 'node_modules', '.cache', 'transpiled');
const OPTIONS = { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'external' };

exports.create = () => ({
  transpile(code) {
    const request = JSON.stringify([version, OPTIONS, code]);
    const file = path.join(FOLDER, createHash('sha256').update(request).digest('hex'));
    return kept(file) ?? keep(file, transpiled(code));
  },
});

function transpiled(code) {
  // Loaded only where something is new.
  const { code: outputText, map: sourceMapText } = require('esbuild').transformSync(code, OPTIONS);
  return { outputText, sourceMapText, diagnostics: [] }; // ts-node names the source in the map
}

function kept(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // not there, or damaged
  }
}

/** Other processes see a whole file. */
function keep(file, result) {
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(draft, JSON.stringify(result));
    renameSync(draft, file);
  } catch {
    // The packages' folder cannot be written: it is transpiled again the next time.
  }
  return result;
}
