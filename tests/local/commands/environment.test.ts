import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envFile, environmentFor } from '../../../local/commands/environment';

describe('the environment for a backend', () => {
  it('has each output of the program under the name of a variable', () => {
    const environment = environmentFor({
      awsUrl: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
      momentoUrl: 'http://127.0.0.1:2',
      apiKey: 'key',
      cacheName: 'cache',
      topicName: 'topic',
      outputs: {
        publisherUrl: 'http://127.0.0.1:3/',
        webhookFunctionName: 'webhook-1',
        applicationOutputs: {},
      },
    });
    assert.deepEqual(environment, {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
      MOMENTO_ENDPOINT_URL: 'http://127.0.0.1:2',
      MOMENTO_API_KEY: 'key',
      CACHE_NAME: 'cache',
      TOPIC_NAME: 'topic',
      PUBLISHER_URL: 'http://127.0.0.1:3/',
      WEBHOOK_FUNCTION_NAME: 'webhook-1',
    });
  });

  it('is a file that a shell and Node.js read alike, whatever a name has in it', () => {
    const environment = { PLAIN: 'eyJh+/bC==', MONEY: 'a $b #c "d" `e`', EMPTY: '' };
    const folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-env-'));
    try {
      const file = join(folder, '.env');
      writeFileSync(file, envFile({ ...environment, QUOTED: "it's", LINES: 'a\nb' }));
      const print =
        'const { PLAIN, MONEY, EMPTY } = process.env; console.log(JSON.stringify({ PLAIN, MONEY, EMPTY }))';
      const run = (command: string, args: string[]): unknown =>
        JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
      assert.deepEqual(run(process.execPath, [`--env-file=${file}`, '-e', print]), environment);
      const script = 'set -a; . "$1"; exec "$2" -e "$3"';
      assert.deepEqual(run('sh', ['-c', script, 'sh', file, process.execPath, print]), environment);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
