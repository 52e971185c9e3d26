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

  /** Bundles a handler of this text; gives what is in the bundle, by its path in the packages. */
  async function bundled(handler: string): Promise<string[]> {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lean-')));
    folders.push(folder);
    symlinkSync(path.resolve(__dirname, '../../../node_modules'), path.join(folder, 'node_modules'));
    mkdirSync(path.join(folder, 'handlers'));
    writeFileSync(path.join(folder, 'handlers/one.ts'), handler);
    const { metafile } = await build({
      absWorkingDir: folder,
      entryPoints: ['handlers/one.ts'],
      bundle: true,
      platform: 'node',
      mainFields: ['module', 'main'],
      metafile: true,
      write: false,
      logLevel: 'silent',
      plugins: [lean],
    });
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    return inputs
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file.split('node_modules/').pop() ?? file);
  }

  it('of one that makes a token has the token service, and neither caches nor topics nor a server', async () => {
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

  it('is not made where a part of the SDK calls what no handler names', async () => {
    await assert.rejects(
      bundled(`
        import { BatchUtils, CacheClient } from '@gomomento/sdk';
        export const handler = async (keys) => BatchUtils.batchGet(await CacheClient.create({}), 'cache', keys);
      `),
      /batchutils\/batch-functions\.js calls delete, which was left out of Momento's client/,
    );
  });

  it('is not made where more is asked of what a module was put in place of', async () => {
    await assert.rejects(
      bundled(`
        import { credentialsWillNeedRefresh } from '@aws-sdk/credential-provider-node';
        export const handler = () => credentialsWillNeedRefresh;
      `),
      /No matching export in ".*credentials\.ts"/,
    );
  });
});
