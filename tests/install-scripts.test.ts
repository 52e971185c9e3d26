// npm runs no install script of a package, and does not ask about one: none is needed, and some download a binary.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';

const PROJECT = resolve(__dirname, '..');
const read = (file: string): unknown => JSON.parse(readFileSync(resolve(PROJECT, file), 'utf8'));

const lockFile = v.object({
  packages: v.record(
    v.string(),
    v.object({ name: v.optional(v.string()), hasInstallScript: v.optional(v.boolean(), false) }),
  ),
});
const manifest = v.object({ allowScripts: v.record(v.string(), v.boolean()) });

describe('npm ci', () => {
  it('runs no install script, and warns of none: package.json denies exactly those that there are', () => {
    const { packages } = v.parse(lockFile, read('package-lock.json'));
    const names = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([folder, { name }]) => name ?? folder.replace(/^.*node_modules\//, '')); // an alias has its own name
    const { allowScripts } = v.parse(manifest, read('package.json'));
    assert.deepEqual(
      allowScripts,
      Object.fromEntries([...new Set(names)].sort().map((name) => [name, false])),
    );
  });
});
