// Keeps what was worked out beside the packages, for later processes. This file is JavaScript because the transpiler needs it.
const { randomUUID } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const CACHE = path.resolve(__dirname, '..', '..', 'node_modules', '.cache');

exports.keptIn = (folder, digest, make) => {
  const file = path.join(CACHE, folder, digest);
  return kept(file) ?? keep(file, make());
};

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
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(draft, JSON.stringify(result));
    renameSync(draft, file);
  } catch {
    // The packages' folder cannot be written: it is made again the next time.
  }
  return result;
}
