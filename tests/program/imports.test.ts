// Imports point one way: index -> infra, handlers -> application -> adapters -> core, local -> the program and its bundles.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import * as path from 'node:path';
import { files, imports, PROJECT } from './own-imports';

/** The imports that leave `where` for a place that is not allowed there. */
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
    assert.deepEqual(
      strangers(/^main\.ts$/, (to) => to === 'index.ts' || to.startsWith('infra/')),
      [],
    );
  });

  it('of the components go to each other, to Pulumi, and to what is pure in the handlers', () => {
    const allowed = (to: string) =>
      isFile(to) ? /^(infra|handlers\/core)\//.test(to) : isBuiltin(to) || /^(@pulumi\/|esbuild$)/.test(to);
    assert.deepEqual(strangers(/^infra\/(?!bundling\/|momento\/(provider\/|stored-provider))/, allowed), []);
  });

  it('of the code behind the bundler stay in it, but for the compiler and what stands in for a package', () => {
    const packages = /^(esbuild|typescript|@aws-sdk\/credential-provider-(env|http)|@smithy\/core\/config)$/;
    const allowed = (to: string) =>
      isFile(to) ? to.startsWith('infra/bundling/') : isBuiltin(to) || packages.test(to);
    assert.deepEqual(strangers(/^infra\/bundling\//, allowed), []);
  });

  it('of the code behind the Momento resources stay in it, but for the credentials, and the program loads none of it', () => {
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

  it('of the handlers stay in the handlers, but for the application, and never touch Pulumi', () => {
    const allowed = (to: string) =>
      isFile(to)
        ? to.startsWith('handlers/') || /^application\/(message|handler|tokens)\.ts$/.test(to)
        : !to.startsWith('@pulumi/');
    assert.deepEqual(strangers(/^handlers\//, allowed), []);
  });

  it('of an application go to its own folder, and from each half to the half of the project that it serves', () => {
    const folders = ['application', ...new Set(files.flatMap((file) => /^examples\/[^/]+/.exec(file) ?? []))];
    for (const folder of folders) {
      const halves = [
        { from: `${folder}/infra\\.ts`, to: /^infra\// },
        { from: `${folder}/local.*\\.ts`, to: /^(local\/|handlers\/core\/)/ },
        { from: `${folder}/(?!infra|local)[^/]+\\.ts`, to: /^handlers\/(adapters|core)\// },
      ];
      for (const { from, to: half } of halves) {
        const isLocal = half.test('local/');
        const allowed = (to: string) =>
          isFile(to)
            ? to.startsWith(`${folder}/`) || half.test(to)
            : half.test('infra/') || isLocal || !to.startsWith('@pulumi/');
        assert.deepEqual(strangers(new RegExp(`^${from}$`), allowed), []);
      }
    }
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

  it('only go to the local stack from itself, an application’s local half, verify, acceptance, the tables of docs, tests and benches', () => {
    const strange = imports.filter(
      ({ from, to }) =>
        to.startsWith('local/') &&
        !/^((local|verify|acceptance|docs\/tables|tests|bench)\/|(application|examples\/[^/]+)\/local)/.test(
          from,
        ),
    );
    assert.deepEqual(strange, []);
  });

  it('of a package of the project stay in it', () => {
    assert.deepEqual(
      strangers(
        /^packages\/local-momento\//,
        (to) => !isFile(to) || to.startsWith('packages/local-momento/'),
      ),
      [],
    );
  });

  it('go to a package of the project by its name alone: to what it exports', () => {
    const inside = /^packages\/local-momento\/(?!index\.ts$)/;
    const strange = imports.filter(
      ({ from, to }) => inside.test(to) && !from.startsWith('packages/local-momento/'),
    );
    assert.deepEqual(strange, []);
  });

  it('never go to a test, except from tests', () => {
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
