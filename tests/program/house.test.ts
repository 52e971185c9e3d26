// The project as a house: files small enough to read, rooms on floors, and no way round in a circle.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { files, imports, PROJECT } from './own-imports';

const MOST_LINES = 250;
const MOST_LINES_OF_A_TEST = 350;

/** The rooms of the local stack, and the rooms that each may enter. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  aws: [],
  'application.ts': ['aws'],
  'comments.ts': ['elements.ts'],
  'elements.ts': [],
  'web-sdk.ts': [],
  commands: ['application.ts', 'aws'],
  program: ['application.ts', 'aws'],
  stack: ['application.ts', 'aws', 'commands', 'program'],
  page: ['application.ts', 'aws', 'commands', 'stack', 'web-sdk.ts'],
  site: ['application.ts', 'aws', 'commands', 'page', 'stack', 'web-sdk.ts'],
  'cli.ts': ['application.ts', 'aws', 'commands', 'page', 'site', 'stack'],
};

/** A file's room in the local stack: its folder, or the file itself where it stands in the hall. */
function roomOf(file: string): string | undefined {
  const [folder, room] = file.split('/');
  return folder === 'local' ? room : undefined;
}

/** A circle of files that import each other, types included, starting at any file. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const importsOf = (file: string) => imports.filter(({ from }) => from === file).map(({ to }) => to);
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) found.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
    if (trail.includes(file) || done.has(file) || !files.includes(file)) return;
    for (const next of importsOf(file)) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  return found;
}

describe('the house', () => {
  it('has no circle of files that import each other', () => {
    assert.deepEqual(circles(), []);
  });

  it('has rooms in the local stack that only open to those below', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== undefined));
    assert.deepEqual([...rooms].sort(), Object.keys(ROOMS).sort());
    const up = imports.filter(({ from, to }) => {
      const [here, there] = [roomOf(from), roomOf(to)];
      return here && there && here !== there && !ROOMS[here]?.includes(there);
    });
    assert.deepEqual(
      up.map(({ from, to }) => `${from} -> ${to}`),
      [],
    );
  });

  it('has no file that is too long to read', () => {
    const tooLong = files.filter((file) => {
      const lines = readFileSync(path.join(PROJECT, file), 'utf8').trimEnd().split('\n').length;
      return lines > (file.startsWith('tests/') ? MOST_LINES_OF_A_TEST : MOST_LINES);
    });
    assert.deepEqual(tooLong, []);
  });
});
