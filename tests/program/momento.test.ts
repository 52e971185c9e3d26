// What the program declares in Momento, and where.
import assert from 'node:assert/strict';
import { type Declared, evaluateProgram, type ProgramOptions } from '../../local/program';
import { declared, ENDPOINT, LEGACY_KEY, resource, resourcesOf, text, V2_KEY } from './declared';

const CACHE = 'pulumi-nodejs:dynamic/momento:Cache';
const WEBHOOK = 'pulumi-nodejs:dynamic/momento:Webhook';
const SECRET_VERSION = 'aws:secretsmanager/secretVersion:SecretVersion';

const STACKS = {
  managed: { config: { delivery: 'managed-webhook' }, secrets: { momentoApiKey: LEGACY_KEY } },
  full: {
    stack: 'prod',
    config: {
      delivery: 'managed-webhook',
      momentoEndpoint: ENDPOINT,
      cacheName: 'comments',
      topicName: 'chat',
      deleteCache: 'true',
      rotation: '3',
    },
    secrets: { momentoApiKey: LEGACY_KEY, momentoDeployKey: V2_KEY },
  },
  preview: {
    config: { delivery: 'managed-webhook' },
    secrets: { momentoApiKey: LEGACY_KEY },
    preview: true,
  },
  /** The webhook is made by hand, the cache by the program. */
  withDeployKey: { secrets: { momentoApiKey: LEGACY_KEY, momentoDeployKey: LEGACY_KEY } },
  withDeletion: { config: { deleteCache: 'true' }, secrets: { momentoApiKey: LEGACY_KEY } },
} satisfies Record<string, ProgramOptions>;

const evaluations = new Map<string, Promise<Declared>>();

function managed(name: keyof typeof STACKS): Promise<Declared> {
  const evaluation = evaluations.get(name) ?? evaluateProgram(STACKS[name]);
  evaluations.set(name, evaluation);
  return evaluation;
}

/** The inputs without the code that Pulumi adds. */
function inputsOf(stack: Declared, type: string, name: string): Record<string, unknown> {
  const { __provider: _, ...inputs } = resource(stack, type, name).inputs;
  return inputs;
}

describe('what the program makes in Momento', () => {
  const types = ({ resources }: Declared) =>
    resources.map(({ type }) => type).filter((type) => /momento:/.test(type));

  it('is nothing with delivery webhook', async () => {
    assert.deepEqual(types(await declared('first')), []);
  });

  it('is the cache alone with delivery webhook and a key for that', async () => {
    assert.deepEqual(types(await managed('withDeployKey')), [CACHE]);
  });

  it('is the cache alone with delivery webhook if the program is to delete it', async () => {
    assert.deepEqual(types(await managed('withDeletion')), [CACHE]);
  });

  it('is the cache, and a webhook under a name that carries project and stack, for the URL of the function', async () => {
    const stack = await managed('managed');
    assert.deepEqual(types(stack), [CACHE, WEBHOOK]);
    const apiKey = LEGACY_KEY;
    const cacheName = 'course-comments-dev';
    assert.deepEqual(inputsOf(stack, CACHE, 'cache'), { apiKey, cacheName, deleteCache: false });
    assert.deepEqual(inputsOf(stack, WEBHOOK, 'webhook'), {
      apiKey,
      cacheName,
      topicName: 'comment',
      webhookName: 'momento-webhooks-dev',
      url: stack.outputs.webhookUrl,
      rotation: 0,
    });
  });

  it('follows the settings, with the deploy key in place of the API key', async () => {
    const stack = await managed('full');
    const access = { apiKey: V2_KEY, endpoint: ENDPOINT, cacheName: 'comments' };
    assert.deepEqual(inputsOf(stack, CACHE, 'cache'), { ...access, deleteCache: true });
    assert.deepEqual(inputsOf(stack, WEBHOOK, 'webhook'), {
      ...access,
      topicName: 'chat',
      webhookName: 'momento-webhooks-prod',
      url: stack.outputs.webhookUrl,
      rotation: 3,
    });
  });

  it("gives its signing secret to the webhook's secret, and asks for no second deploy", async () => {
    const stack = await managed('managed');
    const { inputs, secretInputs } = resource(stack, SECRET_VERSION, 'signing-secret');
    const made = text(resource(stack, WEBHOOK, 'webhook').state, 'signingSecret');
    assert.equal(inputs.secretString, made);
    assert.deepEqual(secretInputs, ['secretString']);
    assert.deepEqual(stack.messages, []);
  });

  it('keeps its key secret, and the deploy key out of AWS', async () => {
    const stack = await managed('full');
    for (const { type, name, inputs, secretInputs } of stack.resources) {
      const { apiKey, ...others } = inputs;
      const isMomento = type === CACHE || type === WEBHOOK;
      assert.equal(apiKey, isMomento ? V2_KEY : undefined);
      if (isMomento) assert.deepEqual(secretInputs, ['apiKey'], `${type} ${name}`);
      assert(!JSON.stringify(others).includes(V2_KEY), `${type} ${name}`);
    }
    assert(!JSON.stringify([stack.outputs, stack.messages]).includes(V2_KEY));
  });

  it('leaves no secret in the code that the state keeps, and names no package there that may go', async () => {
    const stack = await managed('managed');
    for (const { inputs } of [...resourcesOf(stack, CACHE), ...resourcesOf(stack, WEBHOOK)]) {
      const code = text(inputs, '__provider');
      assert(!code.includes(LEGACY_KEY));
      const required = [...code.matchAll(/require\((.*)\)/g)].map(([, what]) => what);
      assert.deepEqual(required, [
        '"ts-node/register/transpile-only"',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as the code has it
        '`${process.cwd()}/infra/momento/provider`',
      ]);
      assert(code.length < 3000, `${code.length} characters`);
    }
  });

  it('adds nothing else to the stack', async () => {
    const names = ({ resources }: Declared) => resources.map(({ type, name }) => `${type} ${name}`);
    const byHand = await declared('connected');
    const added = [`${CACHE} cache`, `${WEBHOOK} webhook`];
    assert.deepEqual(
      names(await managed('managed')),
      [...names(byHand), ...added].sort((a, b) => (a < b ? -1 : 1)),
    );
  });

  it('can be previewed, when the URL is not known yet', async () => {
    const preview = await managed('preview');
    assert.equal(inputsOf(preview, WEBHOOK, 'webhook').url, undefined);
    assert.equal(inputsOf(preview, CACHE, 'cache').cacheName, 'course-comments-dev');
  });

  it('is not to be made by hand too: the next steps ask for the webhook alone', async () => {
    const told = ({ messages }: Declared) => messages[0]?.text ?? '';
    assert.match(told(await declared('first')), /for the cache "course-comments-dev" \(make it too/);
    assert.match(told(await managed('withDeployKey')), /for the cache "course-comments-dev"\n/);
  });
});
