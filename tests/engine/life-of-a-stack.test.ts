// One stack from its first `pulumi up` to its end, observed in AWS after each step; the tests look at what was seen.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { allowedTo, callersOf, deployedFunction, everything, retentionOf, secretValue, urlOf } from './cloud';
import { ProjectCopy, type Stack, type Update } from './stack';

const API_KEY = Buffer.from(
  JSON.stringify({ endpoint: 'cell-1-eu-west-1-1.prod.a.momentohq.com', api_key: 'key-of-the-engine-suite' }),
).toString('base64');
const SIGNING_SECRET = 'signing-secret-of-the-engine-suite';
const NEXT_SIGNING_SECRET = 'next-signing-secret-of-the-engine-suite';

interface Seen {
  readonly outputs: Record<string, string>;
  readonly functions: Record<'webhook' | 'publisher', Awaited<ReturnType<typeof deployedFunction>>>;
  readonly urls: Record<'webhook' | 'publisher', Awaited<ReturnType<typeof urlOf>>>;
  readonly callers: Record<'webhook' | 'publisher', Awaited<ReturnType<typeof callersOf>>>;
  readonly apiKey: string | undefined;
  readonly signingSecret: string | undefined;
  readonly previousSigningSecret: string | undefined;
}

async function look(stack: Stack): Promise<Seen> {
  const outputs: Record<string, string> = {};
  for (const [name, value] of Object.entries(await stack.outputs())) outputs[name] = String(value);
  const { webhookFunctionName: webhook = '', publisherFunctionName: publisher = '' } = outputs;
  const functions = {
    webhook: await deployedFunction(webhook),
    publisher: await deployedFunction(publisher),
  };
  const { API_KEY_SECRET_ARN = '', SIGNING_SECRET_ARN = '' } = functions.webhook.Environment?.Variables ?? {};
  return {
    outputs,
    functions,
    urls: { webhook: await urlOf(webhook), publisher: await urlOf(publisher) },
    callers: { webhook: await callersOf(webhook), publisher: await callersOf(publisher) },
    apiKey: await secretValue(API_KEY_SECRET_ARN),
    signingSecret: await secretValue(SIGNING_SECRET_ARN),
    previousSigningSecret: await secretValue(SIGNING_SECRET_ARN, 'AWSPREVIOUS'),
  };
}

describe('a stack', () => {
  let project: ProjectCopy;
  let untouched: string[];
  let unconfigured: { status: number | null; told: string; left: string[] };
  let first: { update: Update; seen: Seen; allowed: Record<string, unknown>[] };
  let retention: number | undefined;
  let again: Update;
  let elsewhere: Update;
  let connected: { update: Update; seen: Seen };
  let rotated: { update: Update; seen: Seen };
  let destroyed: { update: Update; left: string[] };
  let state: string;
  let history: string;

  before(async () => {
    project = new ProjectCopy();
    untouched = await everything();
    const stack = await project.stack('life');

    const failed = await stack.tryUp();
    unconfigured = {
      status: failed.status,
      told: failed.stdout + failed.stderr,
      left: await everything(),
    };

    await stack.setSecret('momentoApiKey', API_KEY);
    await stack.set('logRetentionDays', '7');
    const made = await stack.up();
    const seen = await look(stack);
    first = { update: made, seen, allowed: await allowedTo(seen.functions.webhook.Role ?? '') };
    retention = await retentionOf(logGroupOf(first.allowed));

    again = await stack.up();
    elsewhere = await stack.up(path.join(project.folder, 'infra'));

    await stack.setSecret('signingSecret', SIGNING_SECRET);
    connected = { update: await stack.up(), seen: await look(stack) };
    await stack.setSecret('signingSecret', NEXT_SIGNING_SECRET);
    rotated = { update: await stack.up(), seen: await look(stack) };

    state = await stack.exported();
    history = allFiles(project.backend);
    destroyed = { update: await stack.destroy(), left: await everything() };
  });

  after(() => project?.remove());

  it('without its required configuration is one error that names it, and makes nothing', () => {
    assert.notEqual(unconfigured.status, 0);
    assert.match(unconfigured.told, /momentoApiKey is not set/);
    assert.deepEqual(unconfigured.left, untouched);
  });

  it('makes both functions as they are declared', () => {
    const { webhook, publisher } = first.seen.functions;
    for (const { Runtime, Architectures, Handler, Timeout, MemorySize, tags } of [webhook, publisher]) {
      assert.deepEqual([Runtime, Architectures, Handler], ['nodejs24.x', ['arm64'], 'index.handler']);
      assert.deepEqual([Timeout, MemorySize], [10, 512]);
      assert.deepEqual(tags, { project: 'momento-webhooks', stack: 'life' });
    }
    assert.equal(webhook.Environment?.Variables?.CACHE_NAME, 'course-comments-life');
    assert.equal(retention, 7);
  });

  it('gives the webhook a public URL, by these four statements and no other', () => {
    const { webhook } = first.seen.callers;
    const ids = webhook.map(({ id }) => id);
    const ours = ids.filter((id) => /^webhook-(url|invoke)-[0-9a-f]{7}$/.test(id));
    const theProviders = ids.filter((id) => id.startsWith('FunctionURLAllow'));
    assert.deepEqual([ids.length, ours.length], [4, 2]);
    assert.deepEqual(theProviders.sort(), ['FunctionURLAllowInvokeAction', 'FunctionURLAllowPublicAccess']);
    for (const { statement } of webhook) {
      assert.equal(statement.Effect, 'Allow');
      assert(
        ['*', '{"AWS":"*"}'].includes(
          typeof statement.Principal === 'string' ? statement.Principal : JSON.stringify(statement.Principal),
        ),
      );
      // AWS gives the conditions under `Condition`, moto as plain keys: in both the text holds the condition's key.
      const conditions = JSON.stringify(statement);
      if (statement.Action === 'lambda:InvokeFunctionUrl')
        assert.match(conditions, /FunctionUrlAuthType.*NONE/);
      else {
        assert.equal(statement.Action, 'lambda:InvokeFunction');
        assert.match(conditions, /InvokedViaFunctionUrl.*true/i);
      }
    }
    const actions = webhook.map(({ statement }) => statement.Action).sort();
    const both = ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'];
    assert.deepEqual(
      actions,
      both.flatMap((action) => [action, action]),
    );
    assert.equal(first.seen.urls.webhook.AuthType, 'NONE');
  });

  it('gives the publisher a URL that IAM guards, and lets nobody in', () => {
    assert.equal(first.seen.urls.publisher.AuthType, 'AWS_IAM');
    assert.deepEqual(first.seen.callers.publisher, []);
  });

  it('outputs the URLs that AWS gave', () => {
    const { outputs, urls } = first.seen;
    assert.deepEqual(
      [outputs.webhookUrl, outputs.publisherUrl],
      [urls.webhook.FunctionUrl, urls.publisher.FunctionUrl],
    );
    assert(outputs.webhookUrl?.startsWith('https://'));
  });

  it('allows the webhook its own log group, its two secrets and its queue', () => {
    const { API_KEY_SECRET_ARN, SIGNING_SECRET_ARN } =
      first.seen.functions.webhook.Environment?.Variables ?? {};
    const [writeLogs, readSecrets, ...others] = first.allowed;
    assert.deepEqual(writeLogs?.Action, ['logs:CreateLogStream', 'logs:PutLogEvents']);
    assert.match(logGroupOf(first.allowed), /^webhook-[0-9a-f]{7}$/);
    assert.deepEqual(readSecrets?.Resource, [API_KEY_SECRET_ARN, SIGNING_SECRET_ARN]);
    assert.deepEqual(
      others.map(({ Action }) => Action),
      ['sqs:SendMessage'],
    );
  });

  it('holds the API key, and no signing secret until one is set', () => {
    assert.equal(first.seen.apiKey, API_KEY);
    assert.equal(first.seen.signingSecret, undefined);
  });

  it('says what to do next, with the real URL, until the signing secret is set', () => {
    const told = (update: Update) =>
      update.diagnostics.filter(({ message }) => message.includes('answers 503'));
    const [next, ...others] = told(first.update);
    assert.deepEqual(others, []);
    assert(next);
    assert(next.message.includes(String(first.seen.urls.webhook.FunctionUrl)));
    assert.match(next.message, /pulumi config set --secret signingSecret --stack life/);
    assert.deepEqual(told(connected.update), []);
  });

  it('does not change on a second up, from whichever folder', () => {
    for (const update of [again, elsewhere]) {
      assert.deepEqual(update.steps, []);
      assert.deepEqual(Object.keys(update.changes), ['same']);
    }
  });

  it('changes only the secret when the signing secret is set', () => {
    assert.deepEqual(connected.update.steps, [
      { op: 'create', type: 'aws:secretsmanager/secretVersion:SecretVersion', name: 'signing-secret' },
    ]);
    assert.equal(connected.seen.signingSecret, SIGNING_SECRET);
    assert.deepEqual(connected.seen.functions, first.seen.functions);
    assert.deepEqual(connected.seen.outputs, first.seen.outputs);
  });

  it('keeps the previous signing secret readable when a new one replaces it, and touches nothing else', () => {
    assert.equal(rotated.seen.signingSecret, NEXT_SIGNING_SECRET);
    assert.equal(rotated.seen.previousSigningSecret, SIGNING_SECRET);
    assert.deepEqual(rotated.seen.functions, first.seen.functions);
    assert.deepEqual(
      [...new Set(rotated.update.steps.map(({ type, name }) => `${type} ${name}`))],
      ['aws:secretsmanager/secretVersion:SecretVersion signing-secret'],
    );
  });

  it('shows no secret in the state, its history or what the engine prints', () => {
    const updates = [first.update, again, connected.update, rotated.update, destroyed.update];
    const shown = [state, history, ...updates.map(({ printed }) => printed)];
    assert(history.length > state.length, 'the history was read');
    for (const secret of [API_KEY, 'key-of-the-engine-suite', SIGNING_SECRET, NEXT_SIGNING_SECRET]) {
      for (const text of shown) assert(!text.includes(secret));
    }
  });

  it('keeps its state small: the bundles are not in it', () => {
    assert(state.length < 500_000, `${state.length} characters`);
  });

  it('leaves nothing behind when it is destroyed', () => {
    assert.deepEqual(destroyed.left, untouched);
  });
});

/** The log group that a role's first statement is about. */
function logGroupOf([writeLogs]: Record<string, unknown>[]): string {
  return /:log-group:(.+):\*$/.exec(String(writeLogs?.Resource))?.[1] ?? '';
}

function allFiles(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.map((file) => readFileSync(path.join(file.parentPath, file.name), 'utf8')).join('\n');
}
