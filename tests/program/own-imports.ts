// The project's own TypeScript files, and what each imports.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

export const PROJECT = path.resolve(__dirname, '../..');

export interface Import {
  readonly from: string;
  /** A file of the project, or a package's or a built-in module's name. */
  readonly to: string;
}

/** The packages that are folders of the project. */
const WORKSPACES: Readonly<Record<string, string>> = { 'local-momento': 'packages/local-momento' };

export const files = readdirSync(PROJECT, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => /\.ts$/.test(file) && !/(^|\/)(node_modules|\.[^/]+)\//.test(file));

export const imports: readonly Import[] = files.flatMap((from) =>
  ts
    .preProcessFile(readFileSync(path.join(PROJECT, from), 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => ({ from, to: resolve(from, fileName) })),
);

function resolve(from: string, specifier: string): string {
  const [name = '', ...rest] = specifier.split('/');
  const workspace = WORKSPACES[name];
  if (!/^[.#]/.test(specifier) && workspace === undefined) return specifier;
  const target = specifier.startsWith('#')
    ? specifier.slice(1) // the default of the application that the setting chooses
    : workspace === undefined
      ? path.posix.join(path.posix.dirname(from), specifier)
      : [workspace, ...rest].join('/');
  const source = target.replace(/\.js$/, '.ts'); // as TypeScript reads the name of a file that is imported late
  const found = [source, `${target}.ts`, `${target}/index.ts`, `${target}.d.ts`].find((file) =>
    files.includes(file),
  );
  assert(found, `${from} imports ${specifier}, which is a file of the project`);
  return found;
}
