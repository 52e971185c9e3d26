// Keeps what was found out about the packages' files beside the packages, for later builds. To parse those files takes most of
// a build's time, and they hardly ever change.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { version } from 'typescript';

const FOLDER = path.resolve(__dirname, '..', '..', 'node_modules', '.cache', 'bundling');

/** What finds it out. After a change of this code or of the parser, nothing that was kept before is found. */
const MEANS = digestOf([
  version,
  ...readdirSync(__dirname)
    .sort()
    .map((file) => read(path.join(__dirname, file))),
]);

const known = new Map<string, unknown>();

/** The result of `find`, which depends on nothing but `inputs` and is JSON. It must not be changed. */
export function kept<Found>(inputs: readonly string[], find: () => Found): Found;
export function kept(inputs: readonly string[], find: () => unknown): unknown {
  const digest = digestOf([MEANS, ...inputs]);
  const found = known.get(digest) ?? readKept(digest) ?? keep(digest, find());
  known.set(digest, found);
  return found;
}

function readKept(digest: string): unknown {
  try {
    return JSON.parse(read(path.join(FOLDER, digest)));
  } catch {
    return undefined; // not there, or damaged
  }
}

/** Other processes see a whole file. */
function keep(digest: string, found: unknown): unknown {
  const file = path.join(FOLDER, digest);
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(draft, JSON.stringify(found));
    renameSync(draft, file);
  } catch {
    // The packages' folder cannot be written: it is found out again the next time.
  }
  return found;
}

function digestOf(inputs: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
