// Keeps what was found out about the packages' files beside the packages, for later builds. To parse those files takes most of
// a build's time, and they hardly ever change.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { version } from 'typescript';
import { keptIn } from './kept-files';

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
  const found = known.get(digest) ?? keptIn('bundling', digest, find);
  known.set(digest, found);
  return found;
}

function digestOf(inputs: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
