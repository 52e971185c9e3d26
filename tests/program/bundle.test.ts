import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { bundleHandlers } from '../../infra/bundle';
import { evaluateProgram, ProgramError } from '../../local/program';
import { textsOf } from './archived';
import { declared, LEGACY_KEY, resourcesOf } from './declared';

const PROJECT = path.resolve(__dirname, '../..');

const HANDLER = "export const handler = async () => 'hello';\n";
/** What every archive has beside the handler. */
const AROUND = { 'handlers/init.ts': 'export {};\n', 'handlers/index.mjs': 'export {};\n' };

/** A package that the AWS SDK tries to load but can do without: signing with SigV4a, which nothing here uses. */
const OPTIONAL = ['@aws-sdk/signature-v4-crt'];

describe('a bundle', () => {
  const folders: string[] = [];

  /** Creates a folder with these files and this project's packages. */
  function folder(files: Record<string, string> = {}): string {
    const made = realpathSync(mkdtempSync(path.join(tmpdir(), 'bundle-')));
    folders.push(made);
    symlinkSync(path.join(PROJECT, 'node_modules'), path.join(made, 'node_modules'));
    for (const [name, content] of Object.entries({ ...AROUND, ...files })) {
      mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
      writeFileSync(path.join(made, name), content);
    }
    return made;
  }

  /** The text of the file with the handler. */
  async function bundled(name: string, project: string): Promise<string> {
    const texts = await textsOf(bundleHandlers([name], { project })(name), project);
    return texts['handler.cjs'] ?? '';
  }

  /** All code of the functions that the program declares. */
  async function declaredCode(): Promise<[name: string, code: string][]> {
    const functions = resourcesOf(await declared('first'), 'aws:lambda/function:Function');
    return functions.map(({ name, inputs }) => [name, Object.values(Object(inputs.code)).join('\n')]);
  }

  after(() => {
    for (const made of folders.splice(0)) rmSync(made, { recursive: true });
  });

  it('needs nothing beside itself but Node.js', async () => {
    for (const [name, code] of await declaredCode()) {
      const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, module = '']) => module);
      assert(required.includes('node:crypto') || required.includes('crypto'), 'the search finds something');
      const isOwn = (module: string) => module.startsWith('./');
      const packages = required.filter((one) => !isBuiltin(one) && !isOwn(one) && !OPTIONAL.includes(one));
      assert.deepEqual(packages, [], name);
    }
  });

  it('keeps no path of this machine, no source map and no comment of a license', async () => {
    for (const [, code] of await declaredCode()) {
      assert(!code.includes(PROJECT) && !code.includes('sourceMappingURL') && !/\/\*!|@license/.test(code));
    }
  });

  it('keeps characters beyond ASCII as they are', async () => {
    const project = folder({
      'handlers/greeting.ts': "export const handler = async () => 'Grüße, 世界 👋';\n",
    });
    const code = await bundled('greeting', project);
    assert(code.includes('Grüße, 世界 👋'));
  });

  it('can be read by everybody, whatever the umask of whoever built or copied it', async () => {
    const project = folder({ 'handlers/one.ts': HANDLER });
    const made = path.join(project, '.bundles/one/handler.cjs');
    const mode = () => (statSync(made).mode & 0o777).toString(8);
    const before = process.umask(0o077);
    try {
      await bundled('one', project);
      assert.equal(mode(), '644');
      await bundled('one', project); // the first time, the sources are too new to be remembered
      chmodSync(made, 0o600);
      const { ino } = statSync(made);
      await bundled('one', project);
      assert.deepEqual([mode(), statSync(made).ino], ['644', ino]);
    } finally {
      process.umask(before);
    }
  });

  describe('whose sources are remembered', () => {
    const made = path.join('.bundles', 'one', 'handler.cjs');
    let original: string;
    let project: string;

    before(async () => {
      original = folder({
        'handlers/one.ts': "export { handler } from './two';\nexport * from '../application/three';\n",
        'handlers/two.ts': HANDLER,
        'application/three.ts': "export const three = 'outside';\n",
      });
      await bundled('one', original);
      await bundled('one', original); // the first time, the sources are too new to be remembered
      assert(existsSync(path.join(original, '.bundles/one.json')));
    });
    beforeEach(() => {
      project = folder();
      for (const part of ['handlers', 'application', '.bundles']) {
        cpSync(path.join(original, part), path.join(project, part), { recursive: true });
      }
    });

    it('is not made again while nothing has changed', async () => {
      const before = statSync(path.join(project, made), { bigint: true });
      await bundled('one', project);
      assert.equal(statSync(path.join(project, made), { bigint: true }).ino, before.ino);
    });

    it('is made again when a file that it imports was edited', async () => {
      writeFileSync(path.join(project, 'handlers/two.ts'), HANDLER.replace('hello', 'changed'));
      const code = await bundled('one', project);
      assert(code.includes('changed') && !code.includes('hello'));
    });

    it('is made again when a new file takes the place of one that it imports', async () => {
      rmSync(path.join(project, 'handlers/two.ts'));
      mkdirSync(path.join(project, 'handlers/two'));
      writeFileSync(path.join(project, 'handlers/two/index.ts'), HANDLER.replace('hello', 'changed'));
      const code = await bundled('one', project);
      assert(code.includes('changed') && !code.includes('hello'));
    });

    it('is made again when a file of another folder was edited, or a new one takes its place', async () => {
      writeFileSync(path.join(project, 'application/three.ts'), "export const three = 'edited';\n");
      assert((await bundled('one', project)).includes('edited'));
      await bundled('one', project); // as above, to be remembered
      writeFileSync(path.join(project, 'application/three.tsx'), "export const three = 'in its place';\n");
      assert((await bundled('one', project)).includes('in its place'));
    });

    it('is made again when it was overwritten', async () => {
      writeFileSync(path.join(project, made), 'something else');
      assert.equal(await bundled('one', project), readFileSync(path.join(original, made), 'utf8'));
    });
  });

  it('that cannot be built is reported with file and line, and so is every other one', async () => {
    const project = folder({
      'handlers/one.ts': "import './missing';\n",
      'handlers/two.ts': 'export const handler = async () => {\n  return (;\n};\n',
    });
    assert.throws(
      () => bundleHandlers(['one', 'two'], { project }),
      (error) => {
        assert(pulumi.RunError.isInstance(error), 'the engine shows it without a stack');
        const lines = error.message.split('\n');
        assert.equal(lines.shift(), 'The handlers cannot be bundled:');
        assert.deepEqual(lines.sort(), [
          '  - handlers/one.ts:1:8: Could not resolve "./missing"',
          '  - handlers/two.ts:2:11: Unexpected ";"',
        ]);
        return true;
      },
    );
  });

  it('that cannot be built stops the program before any resource is registered', async () => {
    const copy = folder({ 'handlers/webhook.ts': '}' });
    for (const part of [
      'application',
      'index.ts',
      'infra',
      'local',
      'package.json',
      'tsconfig.json',
      'handlers/core',
    ]) {
      cpSync(path.join(PROJECT, part), path.join(copy, part), { recursive: true });
    }
    await assert.rejects(
      evaluateProgram({ folder: copy, secrets: { momentoApiKey: LEGACY_KEY } }),
      (error) => {
        assert(error instanceof ProgramError);
        assert.match(error.message, /handlers\/webhook\.ts:1:1: Unexpected "}"/);
        assert.equal(error.registered, 0);
        return true;
      },
    );
  });
});
