// What a reload of the local stack applies, in a copy of the project whose files the tests change.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Stack, startStack } from '../../local/stack';
import { sendMessage } from '../../local/stack/flow';
import { copyProgram } from '../copy';
import { drain } from '../drain';

const MORE_MEMORY = '  memoryMb: 1024\n';
const COMMENT = { userId: 'taylor', courseId: 123, comment: 'What a course!' };
const WEBHOOK = join('handlers', 'webhook.ts');
const HANDLER = /(?<=export async function handler\([^)]*\)[^{]*\{)/;
const TEAPOT = " return { statusCode: 418, headers: {}, body: '' };";

describe('a reload of the local stack', () => {
  let folder: string;
  let stack: Stack | undefined;

  beforeEach(() => {
    folder = copyProgram('.bundles');
  });
  afterEach(async () => {
    await stack?.close();
    stack = undefined;
    rmSync(folder, { recursive: true });
  });

  const edit = (file: string, pattern: RegExp | string, by: string) => {
    const source = readFileSync(join(folder, file), 'utf8');
    const edited = source.replace(pattern, by);
    assert.notEqual(edited, source, `${file} has no ${pattern}`);
    writeFileSync(join(folder, file), edited);
  };
  const start = async (config: Record<string, string> = {}) => {
    stack = await startStack({ folder, config });
    return stack;
  };
  /** What the webhook answers to a GET: 405 as it is, 418 with the edited code. */
  const webhookStatus = async ({ outputs }: Stack) => (await fetch(String(outputs.webhookUrl))).status;

  it('changes nothing if AWS would refuse an event source mapping, and the queue is still processed', async () => {
    const stack = await start();
    edit('Pulumi.dev.yaml', /$/, MORE_MEMORY);
    edit(join('infra', 'redrive.ts'), "'sqs:DeleteMessage',", '');
    await assert.rejects(stack.reload(), /does not have permissions to call DeleteMessage on SQS$/);
    assert.equal(stack.functionNamed('webhookFunctionName').memoryMb, 512);

    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    const queued = new Promise<void>((resolve) => {
      stack.events.on('request', ({ url, status }) => url === 'webhook' && status === 202 && resolve());
    });
    await stack.invoke(String(stack.outputs.publisherFunctionName), COMMENT);
    await queued;
    stack.setFaults(undefined);
    await drain(stack);
  });

  it('changes nothing if the new relay does not start to work', async () => {
    const stack = await start({ delivery: 'relay' });
    edit('Pulumi.dev.yaml', /$/, MORE_MEMORY);
    edit(join('infra', 'relay.ts'), '...args.environment,', "...args.environment, TOPIC_NAME: '',");
    await assert.rejects(stack.reload(), /^Error: task relay ended with .* before it worked/);
    assert.equal(stack.functionNamed('webhookFunctionName').memoryMb, 512);

    // The same if the old one has to be started again, whatever its file contains now.
    writeFileSync(join(folder, '.bundles', 'relay.js'), "throw new Error('the new relay ends');");
    await stack.relay?.kill();
    const { text: comment } = await sendMessage(stack, COMMENT);
    assert.equal(comment, COMMENT.comment);
  });

  it('asks for a restart for another topic if the program makes the webhook, and continues', async () => {
    const stack = await start({ delivery: 'managed-webhook' });
    const settings = readFileSync(join(folder, 'Pulumi.dev.yaml'), 'utf8');
    edit(WEBHOOK, HANDLER, TEAPOT);
    writeFileSync(join(folder, 'Pulumi.dev.yaml'), `${settings}  topicName: notes\n`);
    await assert.rejects(
      stack.reload(),
      /^Error: topicName changed from "comment" to "notes": restart npm start to apply it$/,
    );
    assert.equal(await webhookStatus(stack), 405);
    const { text: comment } = await sendMessage(stack, COMMENT);
    assert.equal(comment, COMMENT.comment);

    writeFileSync(join(folder, 'Pulumi.dev.yaml'), `${settings}  topicName: comment\n`);
    assert.deepEqual(await stack.reload(), [stack.outputs.webhookFunctionName]);
    assert.equal(await webhookStatus(stack), 418);
  });

  it('asks for a restart for another topic, cache or delivery, and continues', async () => {
    const stack = await start();
    const settings = readFileSync(join(folder, 'Pulumi.dev.yaml'), 'utf8');
    for (const [key, value, was] of [
      ['topicName', 'notes', 'comment'],
      ['cacheName', 'notes', 'course-comments-dev'],
      ['delivery', 'managed-webhook', 'webhook'],
    ]) {
      writeFileSync(join(folder, 'Pulumi.dev.yaml'), `${settings}  ${key}: ${value}\n`);
      await assert.rejects(stack.reload(), {
        message: `${key} changed from "${was}" to "${value}": restart npm start to apply it`,
      });
    }
    const { text: comment } = await sendMessage(stack, COMMENT);
    assert.equal(comment, COMMENT.comment);
  });
});
