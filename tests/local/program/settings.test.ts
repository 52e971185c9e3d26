import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStackSettings } from '../../../local/program/settings';

describe('the settings of the local stack', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (text: string) => writeFileSync(join(folder, 'Pulumi.dev.yaml'), text);

  it('are the plain ones of the stack’s file, as text, the project’s own without its name', async () => {
    write(`encryptionsalt: v1:abc
config:
  aws:region: us-east-1
  my-comments:commentTtlSeconds: 60
  memoryMb: 256
  other:commentTtlSeconds: 70
  my-comments:subnetIds: [subnet-1, subnet-2]
  pulumi:autonaming:
    pattern: NAME
  my-comments:momentoApiKey:
    secure: AAABAOx
`);
    writeFileSync(join(folder, 'Pulumi.yaml'), 'name: my-comments\nruntime: nodejs\n');
    assert.deepEqual(await readStackSettings(folder, 'dev'), {
      'aws:region': 'us-east-1',
      commentTtlSeconds: '60',
      memoryMb: '256',
      'other:commentTtlSeconds': '70',
      'pulumi:autonaming': '{"pattern":"NAME"}',
      subnetIds: '["subnet-1","subnet-2"]',
    });
  });

  it('are empty if the file is missing or empty', async () => {
    assert.deepEqual(await readStackSettings(folder, 'prod'), {});
    write('');
    assert.deepEqual(await readStackSettings(folder, 'dev'), {});
  });

  it('are refused with the name of the file and the key if Pulumi would not write them so', async () => {
    write('config:\n  momento-webhooks:topicName:\n');
    await assert.rejects(
      readStackSettings(folder, 'dev'),
      /^Error: Pulumi\.dev\.yaml: config\.momento-webhooks:topicName: /,
    );
  });
});
