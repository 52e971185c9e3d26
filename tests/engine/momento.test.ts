// A stack that makes its own cache and webhook in Momento, observed there and in AWS after each step.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { deployedFunction, secretValue } from './cloud';
import { MomentoAccount } from './momento-account';
import { allFiles, ProjectCopy, type Ran, type Stack, succeeded, type Update } from './stack';

const API_KEY = makeLegacyKey();
const DEPLOY_KEY = makeLegacyKey();
const NEXT_DEPLOY_KEY = makeLegacyKey();
const CACHE = 'course-comments-managed';
const WEBHOOK = 'momento-webhooks-managed';

const CACHE_TYPE = 'pulumi-nodejs:dynamic/momento:Cache';
const WEBHOOK_TYPE = 'pulumi-nodejs:dynamic/momento:Webhook';
const VERSION_TYPE = 'aws:secretsmanager/secretVersion:SecretVersion';

/** The code in a state, different from today's: as another version of Pulumi or of this project left it. */
const STORED_EARLIER = readFileSync(path.join(__dirname, 'stored-provider.earlier.js'), 'utf8');

interface Seen {
  readonly webhookUrl: string;
  readonly webhooks: Awaited<ReturnType<MomentoAccount['webhooks']>>;
  /** The secret with which Momento signs; undefined if there is no webhook. */
  readonly signs: string | undefined;
  /** The secret with which the function checks. */
  readonly checks: string | undefined;
  readonly checksToo: string | undefined;
  readonly functionChanged: string | undefined;
}

interface Done {
  readonly update: Update;
  /** The program's calls to Momento. */
  readonly calls: readonly string[];
  readonly seen: Seen;
}

describe('a stack that manages its webhook in Momento', () => {
  let project: ProjectCopy;
  let momento: MomentoAccount;
  let stack: Stack;
  let previewed: { ran: Ran; calls: readonly string[] };
  let printed = '';
  const secrets = new Set<string>();

  let first: Done;
  let again: Done;
  let older: { refreshed: Ran } & Done;
  let newKey: Done;
  let rotated: Done;
  let deletedOutside: Done;
  let rotatedOutside: Done;
  let failed: Ran;
  let goneOn: Done;
  let otherTopic: Done;
  let byHand: Done;
  let state: string;
  let history: string;
  let destroyed: { caches: string[]; webhooks: unknown[] };
  let adopted: Done;
  let destroyedWithCache: { caches: string[] };

  before(async function () {
    this.timeout(900_000);
    project = new ProjectCopy();
    momento = await MomentoAccount.start();
    momento.accept(DEPLOY_KEY);
    stack = await project.stack('managed');
    await stack.setSecret('momentoApiKey', API_KEY);
    await stack.setSecret('momentoDeployKey', DEPLOY_KEY);
    await stack.set('delivery', 'managed-webhook');

    previewed = { ran: await stack.preview(), calls: calls() };
    first = await up();
    again = await up();

    await ageState();
    const completed = await up();
    older = { ...completed, refreshed: await stack.refresh() };
    calls();

    momento.accept(NEXT_DEPLOY_KEY);
    await stack.setSecret('momentoDeployKey', NEXT_DEPLOY_KEY);
    newKey = await up();

    await stack.set('rotation', '1');
    rotated = await up();

    await momento.deleteWebhook(CACHE, WEBHOOK);
    await stack.refresh();
    calls();
    deletedOutside = await up();

    await momento.rotateSigningSecret(CACHE, WEBHOOK);
    await stack.refresh();
    calls();
    rotatedOutside = await up();

    momento.accept();
    await stack.set('rotation', '2');
    failed = await stack.tryUp();
    momento.accept(NEXT_DEPLOY_KEY);
    calls();
    goneOn = await up();

    await stack.set('topicName', 'another');
    otherTopic = await up();
    state = await stack.exported();
    history = allFiles(project.backend);

    await stack.set('delivery', 'webhook');
    await stack.unset('rotation');
    await stack.setSecret('signingSecret', 'made-by-hand');
    byHand = await up();
    await stack.unset('signingSecret');
    await stack.set('delivery', 'managed-webhook');
    await stack.up();

    await stack.destroy();
    destroyed = { caches: await momento.caches(), webhooks: await momento.webhooks(CACHE) };

    await stack.set('deleteCache', 'true');
    calls();
    adopted = await up();
    await stack.destroy();
    destroyedWithCache = { caches: await momento.caches() };
  });

  after(async () => {
    await momento?.close();
    project?.remove();
  });

  /** The calls to Momento since the last time. */
  function calls(): readonly string[] {
    return momento.calls.splice(0);
  }

  async function up(): Promise<Done> {
    const update = await stack.up();
    printed += update.printed;
    return { update, calls: calls(), seen: await look() };
  }

  /** Rewrites the state as an earlier version could have left it, which knew no rotation. */
  async function ageState(): Promise<void> {
    const exported = JSON.parse(await stack.exported());
    for (const resource of exported.deployment.resources) {
      if (resource.type !== CACHE_TYPE && resource.type !== WEBHOOK_TYPE) continue;
      const kind = resource.type === CACHE_TYPE ? 'cache' : 'webhook';
      for (const properties of [resource.inputs, resource.outputs]) {
        properties.__provider = STORED_EARLIER.replace('KIND', kind);
        delete properties.rotation;
      }
    }
    const args = ['stack', 'import', '--stack', stack.name];
    succeeded(await project.pulumi(args, JSON.stringify(exported)));
  }

  async function look(): Promise<Seen> {
    const { webhookUrl, webhookFunctionName } = await stack.outputs();
    const webhooks = await momento.webhooks(CACHE);
    const signs = webhooks.length > 0 ? await momento.signingSecret(CACHE, WEBHOOK) : undefined;
    if (signs) secrets.add(signs);
    const { Environment, LastModified } = await deployedFunction(String(webhookFunctionName));
    const { SIGNING_SECRET_ARN = '' } = Environment?.Variables ?? {};
    return {
      webhookUrl: String(webhookUrl),
      webhooks,
      signs,
      checks: await secretValue(SIGNING_SECRET_ARN),
      checksToo: await secretValue(SIGNING_SECRET_ARN, 'AWSPREVIOUS'),
      functionChanged: LastModified,
    };
  }

  /** The operations on resources, each once. */
  function steps({ update }: Done): string[] {
    const done = update.steps.map(
      ({ op, type, name }) => `${op.replace(/.*replace.*/, 'replace')} ${type} ${name}`,
    );
    return [...new Set(done)].sort();
  }

  function works({ seen }: Done, topic = 'comment'): void {
    assert.deepEqual(seen.webhooks, [{ name: WEBHOOK, topic, url: seen.webhookUrl }]);
    assert(seen.signs, 'Momento signs');
    assert.equal(seen.checks, seen.signs);
  }

  it('can be previewed without a call to Momento', () => {
    assert.equal(previewed.ran.status, 0, previewed.ran.stderr);
    assert.deepEqual(previewed.calls, []);
  });

  it('works after the first pulumi up: it has the cache, the webhook for the URL, and its secret where the function checks it', () => {
    assert.deepEqual(first.calls, ['CreateCache', 'PutWebhook', 'GetWebhookSecret']);
    works(first);
    assert(!first.update.printed.includes('answers 503'), 'there is no second step');
  });

  it('does not change in a second up, and does not call Momento', () => {
    assert.deepEqual([steps(again), again.calls], [[], []]);
    works(again);
  });

  it('continues from the state of an earlier version, and completes it without a rotation', () => {
    assert.equal(older.refreshed.status, 0, older.refreshed.stdout);
    assert.deepEqual(steps(older), [`update ${WEBHOOK_TYPE} webhook`]);
    assert(!older.calls.includes('RotateWebhookSecret'));
    works(older);
    assert.equal(older.seen.signs, first.seen.signs);
  });

  it('only stores a changed key, although the old one is revoked, and changes no function', () => {
    assert.deepEqual(steps(newKey), [`update ${CACHE_TYPE} cache`, `update ${WEBHOOK_TYPE} webhook`]);
    assert.deepEqual(newKey.calls, []);
    assert.equal(newKey.seen.functionChanged, first.seen.functionChanged);
    works(newKey);
  });

  it('rotates the signing secret in place and keeps the previous one readable', () => {
    assert.deepEqual(rotated.calls, ['RotateWebhookSecret']);
    assert.deepEqual(steps(rotated), [
      `replace ${VERSION_TYPE} signing-secret`,
      `update ${WEBHOOK_TYPE} webhook`,
    ]);
    works(rotated);
    assert.notEqual(rotated.seen.signs, first.seen.signs);
    assert.equal(rotated.seen.checksToo, first.seen.signs);
    assert.equal(rotated.seen.functionChanged, first.seen.functionChanged);
  });

  it('is repaired by refresh and up after the webhook was deleted outside Pulumi', () => {
    assert.deepEqual(deletedOutside.calls, ['PutWebhook', 'GetWebhookSecret']);
    works(deletedOutside);
  });

  it('is repaired by refresh and up after the signing secret was rotated outside Pulumi', () => {
    assert.deepEqual(steps(rotatedOutside), [`replace ${VERSION_TYPE} signing-secret`]);
    works(rotatedOutside);
    assert.notEqual(rotatedOutside.seen.signs, deletedOutside.seen.signs);
  });

  it('says what Momento refused and what to do, and the next up completes it', () => {
    assert.notEqual(failed.status, 0);
    const told = failed.stdout + failed.stderr;
    assert(told.includes('momento-webhooks-managed') && told.includes(CACHE));
    assert.match(
      told,
      /could not be rotated\. Momento said: .*AUTHENTICATION_ERROR.*What to do: .*momentoDeployKey/,
    );
    assert.deepEqual(goneOn.calls, ['RotateWebhookSecret']);
    works(goneOn);
  });

  it('replaces the webhook for another topic, and leaves no second one', () => {
    assert.deepEqual(otherTopic.calls, ['DeleteWebhook', 'PutWebhook', 'GetWebhookSecret']);
    works(otherTopic, 'another');
  });

  it('can be switched to a webhook made by hand: its own is deleted, the cache stays', () => {
    assert.deepEqual(byHand.calls, ['DeleteWebhook']);
    assert.deepEqual(byHand.seen.webhooks, []);
    assert.equal(byHand.seen.checks, 'made-by-hand');
  });

  it('keeps no key and no signing secret in clear in the state or its history, and prints none', () => {
    const inner = (key: string) => String(JSON.parse(Buffer.from(key, 'base64').toString()).api_key);
    const keys = [API_KEY, DEPLOY_KEY, NEXT_DEPLOY_KEY];
    const all = [...keys, ...keys.map(inner), ...secrets];
    assert(secrets.size >= 4, 'several were seen');
    for (const [where, text] of Object.entries({ state, history, printed })) {
      for (const [index, secret] of all.entries()) {
        const at = text.indexOf(secret);
        assert.equal(at, -1, `${where}, secret ${index}: ${text.slice(Math.max(0, at - 300), at + 10)}`);
      }
    }
    assert(state.includes(WEBHOOK) && history.includes(WEBHOOK), 'the right text was searched');
  });

  it('leaves the cache when it is destroyed, and nothing else', () => {
    assert.deepEqual(destroyed, { caches: [CACHE], webhooks: [] });
  });

  it('adopts the cache when it comes up again, and deletes it if told to', () => {
    assert.equal(adopted.update.changes.create, first.update.changes.create);
    assert.deepEqual(
      adopted.calls.filter((call) => call.startsWith('CreateCache')),
      ['CreateCache 6'], // ALREADY_EXISTS
    );
    works(adopted, 'another');
    assert.deepEqual(destroyedWithCache, { caches: [] });
  });
});
