import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';
import { lean } from '../../../infra/bundling/lean';

describe('a lean bundle', () => {
  const folders: string[] = [];

  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** Bundles a handler with this text, in a project with these other files. */
  async function built(handler: string, others: Record<string, string> = {}) {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lean-')));
    folders.push(folder);
    symlinkSync(path.resolve(__dirname, '../../../node_modules'), path.join(folder, 'node_modules'));
    for (const [file, text] of Object.entries({ 'handlers/one.ts': handler, ...others })) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    return build({
      absWorkingDir: folder,
      entryPoints: ['handlers/one.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      metafile: true,
      write: false,
      logLevel: 'silent',
      plugins: [lean],
    });
  }

  /** The contents of such a bundle, by their paths in the packages. */
  async function bundled(handler: string): Promise<string[]> {
    const { metafile } = await built(handler);
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    return inputs
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file.split('node_modules/').pop() ?? file);
  }

  /** Which of these methods Momento's cache client keeps in a bundle whose handler creates one and does this. */
  async function methods(asked: readonly string[], handler: string, others: Record<string, string> = {}) {
    const { outputFiles } = await built(
      `import { CacheClient } from '@gomomento/sdk';
       ${handler}
       export const has = (name: string) => name in CacheClient.prototype;`,
      others,
    );
    const file = path.join(String(folders.at(-1)), 'one.js');
    writeFileSync(file, String(outputFiles[0]?.text));
    const { has }: { has(name: string): boolean } = require(file);
    return asked.filter(has);
  }

  it('of a handler that makes a token has the token service, and neither caches nor topics nor a server', async () => {
    const files = await bundled(`
      import { AuthClient, DisposableTokenScopes, ExpiresIn } from '@gomomento/sdk';
      export const handler = () => new AuthClient().generateDisposableToken(
        DisposableTokenScopes.topicPublishOnly('cache', 'topic'), ExpiresIn.minutes(1));
    `);
    assert(files.includes('@gomomento/generated-types/dist/token.js'));
    assert(files.includes('@grpc/grpc-js/build/src/client.js'));
    const left =
      /cacheclient|cachepubsub|leaderboard|cache-data-client|topic-client|grpc-js\/build\/src\/server\.js/;
    assert.deepEqual(
      files.filter((file) => left.test(file)),
      [],
    );
  });

  describe('keeps of Momento’s client what is called', () => {
    const ASKED = ['increment', 'listLength', 'dictionarySetField'];
    const CALL = 'export const count = (client) => client.increment("cache", "visits");';

    it('in the handlers, and nothing else', async () => {
      assert.deepEqual(await methods(ASKED, CALL), ['increment']);
    });

    it('outside of their folder', async () => {
      const own = {
        'application/count.ts': CALL,
        'examples/deep/er.mts': 'export const at = (c) => c.listLength();',
      };
      const handler = "export * from '../application/count'; export * from '../examples/deep/er.mjs';";
      assert.deepEqual(await methods(ASKED, handler, own), ['increment', 'listLength']);
    });

    it('in a package of the user’s own', async () => {
      const own = {
        'handlers/node_modules/counting/package.json': '{ "name": "counting", "main": "index.js" }',
        'handlers/node_modules/counting/index.js': CALL.replace('export const count', 'exports.count'),
      };
      assert.deepEqual(await methods(ASKED, "export * from 'counting';", own), ['increment']);
    });

    it('by a name in a string', async () => {
      const handler = `
        export const count = (client) => client['increment']('cache', 'visits');
        const method = \`listLength\`;
        export const length = (client) => client[method]('cache', 'list');
      `;
      assert.deepEqual(await methods(ASKED, handler), ['increment', 'listLength']);
    });

    it('except by a file that is not in the bundle', async () => {
      assert.deepEqual(await methods(ASKED, '', { 'handlers/two.ts': CALL }), []);
    });
  });

  it('is not built if a part of the SDK calls what no handler names', async () => {
    await assert.rejects(
      bundled(`
        import { BatchUtils, CacheClient } from '@gomomento/sdk';
        export const handler = async (keys) => BatchUtils.batchGet(await CacheClient.create({}), 'cache', keys);
      `),
      /batchutils\/batch-functions\.js calls delete, which was left out of Momento's client/,
    );
  });

  it('is not built if more is imported from a replaced module than its replacement has', async () => {
    await assert.rejects(
      bundled(`
        import { credentialsWillNeedRefresh } from '@aws-sdk/credential-provider-node';
        export const handler = () => credentialsWillNeedRefresh;
      `),
      /No matching export in ".*credentials\.ts"/,
    );
  });
});
