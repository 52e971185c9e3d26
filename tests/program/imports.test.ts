// Imports point one way: index -> infra, handlers -> adapters -> core, local -> the program and its bundles.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import * as path from 'node:path';
import * as ts from 'typescript';

const PROJECT = path.resolve(__dirname, '../..');

interface Import {
  readonly from: string;
  /** A file of the project, or a package's or a built-in module's name. */
  readonly to: string;
}

const files = readdirSync(PROJECT, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => /\.ts$/.test(file) && !/(^|\/)(node_modules|\.[^/]+)\//.test(file));

const imports: readonly Import[] = files.flatMap((from) =>
  ts
    .preProcessFile(readFileSync(path.join(PROJECT, from), 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => ({ from, to: resolve(from, fileName) })),
);

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  // An example's files stand in for files of the project, and import as from there.
  const place = from.replace(/^examples\/[^/]+\//, '');
  const target = path.posix.join(path.posix.dirname(place), specifier);
  const found = [target, `${target}.ts`, `${target}/index.ts`, `${target}.d.ts`].find((file) =>
    files.includes(file),
  );
  assert(found, `${from} imports ${specifier}, which is a file of the project`);
  return found;
}

/** The imports that leave `where` for something that is not allowed there. */
function strangers(where: RegExp, allowed: (to: string) => boolean): string[] {
  const inside = imports.filter(({ from }) => where.test(from));
  assert(inside.length > 0, `${where} finds files`);
  return inside.filter(({ to }) => !allowed(to)).map(({ from, to }) => `${from} -> ${to}`);
}

const isFile = (to: string) => files.includes(to);

describe('the imports', () => {
  it('of the program go to its components', () => {
    assert.deepEqual(
      strangers(/^index\.ts$/, (to) => to.startsWith('infra/')),
      [],
    );
  });

  it('of the components go to each other, to Pulumi, and to what is pure in the handlers', () => {
    const allowed = (to: string) =>
      isFile(to) ? /^(infra|handlers\/core)\//.test(to) : isBuiltin(to) || /^(@pulumi\/|esbuild$)/.test(to);
    assert.deepEqual(strangers(/^infra\/(?!bundling\/|momento\/(provider\/|stored-provider))/, allowed), []);
  });

  it('of the code behind the bundler go to their like, to the compiler, and to what stands in for a package', () => {
    const packages = /^(esbuild|typescript|@aws-sdk\/credential-provider-(env|http))$/;
    const allowed = (to: string) =>
      isFile(to) ? to.startsWith('infra/bundling/') : isBuiltin(to) || packages.test(to);
    assert.deepEqual(strangers(/^infra\/bundling\//, allowed), []);
  });

  it('of the code behind the Momento resources go to their like and to the credentials, and the program loads none of it', () => {
    const allowed = (to: string) =>
      isFile(to)
        ? /^(infra\/momento\/provider\/|handlers\/adapters\/momento-credentials\.ts$)/.test(to)
        : isBuiltin(to) || ['@pulumi/pulumi', '@gomomento/sdk', 'valibot'].includes(to);
    assert.deepEqual(strangers(/^infra\/momento\/provider\//, allowed), []);
    const importers = imports.filter(({ to }) => to.startsWith('infra/momento/provider/'));
    // Not imported even there: what the state keeps loads it, in the provider's process.
    const allowedImporter = /^(infra\/momento\/(provider\/|stored-provider\.ts$)|local\/|tests\/)/;
    assert.deepEqual(
      importers.filter(({ from }) => !allowedImporter.test(from)),
      [],
    );
  });

  it('of the handlers stay in the handlers, and never touch Pulumi', () => {
    const allowed = (to: string) => (isFile(to) ? to.startsWith('handlers/') : !to.startsWith('@pulumi/'));
    assert.deepEqual(strangers(/^handlers\//, allowed), []);
  });

  it('of an example go where those of the file go that it replaces', () => {
    const allowed = (to: string) => isFile(to) && /^handlers\/(adapters|core)\//.test(to);
    assert.deepEqual(strangers(/^examples\/[^/]+\/handlers\//, allowed), []);
  });

  it('of the adapters go to each other and to the core, not back to an entry', () => {
    const allowed = (to: string) => !isFile(to) || /^handlers\/(adapters|core)\//.test(to);
    assert.deepEqual(strangers(/^handlers\/adapters\//, allowed), []);
  });

  it('of the core go to the core: no SDK, no environment', () => {
    const allowed = (to: string) =>
      isFile(to) ? to.startsWith('handlers/core/') : ['valibot', 'node:crypto'].includes(to);
    assert.deepEqual(strangers(/^handlers\/core\//, allowed), []);
    for (const file of files.filter((each) => each.startsWith('handlers/core/'))) {
      const text = readFileSync(path.join(PROJECT, file), 'utf8');
      assert(!/\bprocess\s*[.[]/.test(text), `${file} knows nothing of its process`);
    }
  });

  it('of the entries never go to another entry', () => {
    const entries = files.filter((file) =>
      /^handlers\/(webhook|publisher|redrive|tokens|relay)\.ts$/.test(file),
    );
    assert.deepEqual(
      imports.filter(({ from, to }) => from.startsWith('handlers/') && entries.includes(to)),
      [],
    );
  });

  it('never go to the local stack, but from itself, what verifies a stack or writes tables of it, tests and benches', () => {
    const strange = imports.filter(
      ({ from, to }) => to.startsWith('local/') && !/^(local|verify|docs\/tables|tests|bench)\//.test(from),
    );
    assert.deepEqual(strange, []);
  });

  it('never go to a test, but from tests', () => {
    const strange = imports.filter(({ from, to }) => to.startsWith('tests/') && !from.startsWith('tests/'));
    assert.deepEqual(strange, []);
  });

  it('of a package are declared in package.json', () => {
    const manifest = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8'));
    const shipped = Object.keys(manifest.dependencies);
    const all = [...shipped, ...Object.keys(manifest.devDependencies)];
    const nameOf = (to: string) => /^(@[^/]+\/)?[^/]+/.exec(to)?.[0] ?? to;
    for (const { from, to } of imports) {
      if (isFile(to) || isBuiltin(to)) continue;
      const known = /^(index|infra|handlers)\b/.test(from) ? shipped : all;
      const types = `@types/${nameOf(to)}`;
      assert(
        known.includes(nameOf(to)) || all.includes(types),
        `${from} imports ${to}, which is not declared`,
      );
    }
  });
});
