// A copy of the program in a folder of its own, whose files a test may change.
import { cpSync, existsSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..');
const PROGRAM = [
  'application',
  'handlers',
  'infra',
  'local',
  'Dockerfile',
  'index.ts',
  'main.ts',
  'package.json',
  'tsconfig.json',
  'Pulumi.yaml',
  'Pulumi.dev.yaml',
];
/** Somebody may be writing one beside a bundle, and it is gone soon. */
const DRAFT = /\.([cm]?js|json)\.[0-9a-f-]{36}$/;

/**
 * With the packages of this project. Whoever calls it removes it.
 * @param more parts of the project that are wanted too where they are there; with `.bundles` none is made until a handler changes
 */
export function copyProgram(...more: string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'momento-webhooks-copy-')));
  const there = more.filter((part) => existsSync(join(PROJECT, part)));
  for (const part of [...PROGRAM, ...there]) {
    const filter = (file: string) => !DRAFT.test(file);
    cpSync(join(PROJECT, part), join(folder, part), { recursive: true, filter });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
