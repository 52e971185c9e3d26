// The whole stack with API Gateway in front, with Momento's webhook and with the relay.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFault } from 'local-momento';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { signedPost } from '../../local/commands/signed-fetch';
import { type Comment, readComments } from '../../local/comments';
import { startPage } from '../../local/page';
import { ATTACKS, attack } from '../../local/page/attacks';
import { type Stack, startStack } from '../../local/stack';
import { sendMessage } from '../../local/stack/flow';
import { Publisher } from '../../local/stack/publisher';
import { copyProgram } from '../copy';
import { Sender } from '../sender';
import { verified } from '../verified';

const FRONT = { front: 'http-api' };
const access = (line: string): { route?: string; status?: string } =>
  line.startsWith('{"requestId"') ? JSON.parse(line) : {};

describe('the stack with API Gateway in front', () => {
  let folder: string;
  let stack: Stack;

  before(async () => {
    folder = copyProgram('.bundles');
    // A domain of one's own leads to AWS: here its settings change nothing.
    const domain = {
      domainName: 'comments.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d',
    };
    stack = await startStack({ folder, config: { ...FRONT, ...domain } });
    const sender = new Sender(String(stack.outputs.webhookUrl), 1);
    await sender.warm(1);
    sender.close();
  });
  afterEach(() => stack.setFaults(undefined));
  after(async () => {
    await stack.close();
    rmSync(folder, { recursive: true });
  });

  const publish = (comment: string) => {
    const { outputs, credentials, region, signingName: service } = stack;
    const body = JSON.stringify({ userId: 'taylor', courseId: 123, comment });
    return signedPost(String(outputs.publisherUrl), { service, credentials, region, body });
  };

  it('has one address with three routes', () => {
    const { webhookUrl, publisherUrl, tokensUrl } = stack.outputs;
    const urls = [webhookUrl, publisherUrl, tokensUrl].map((url) => new URL(String(url)));
    assert.deepEqual(
      urls.map(({ pathname }) => pathname),
      ['/webhook', '/comments', '/tokens'],
    );
    assert.equal(new Set(urls.map(({ host }) => host)).size, 1);
    assert.equal(stack.signingName, 'execute-api');
  });

  it('stores a comment under its publisher’s identity, and logs both requests without a word of it', async () => {
    const lines: string[] = [];
    const logged = new Promise<void>((resolve) => {
      stack.events.on('log', ({ function: name, line }) => {
        if (name === 'api') lines.push(line);
        if (access(line).route === 'POST /webhook') resolve();
      });
    });
    const { userID, text } = await sendMessage(stack, {
      userId: 'taylor',
      courseId: 1,
      comment: 'Through the API',
    });
    assert.deepEqual([userID, text], ['taylor', 'Through the API']);
    await logged;
    assert.deepEqual(
      lines.map(access).map(({ route, status }) => `${route} ${status}`),
      ['POST /comments 200', 'POST /webhook 200'],
    );
    assert(!/taylor|Through/.test(lines.join()));
  });

  it('passes npm run verify', async () => {
    assert.deepEqual(await verified(stack), ['published', 'handled', 'removed']);
  });

  it('vends tokens, and lets nobody in who signs for Lambda', async () => {
    const { outputs, credentials, region } = stack;
    const ask = (service: 'lambda' | 'execute-api') =>
      signedPost(String(outputs.tokensUrl), { service, credentials, region, body: '{"userId":"taylor"}' });
    assert.equal((await ask('execute-api')).status, 200);
    const refused = await ask('lambda');
    assert.deepEqual([refused.status, await refused.text()], [403, '{"message":"Forbidden"}']);
  });

  it('withstands each attack of the live page', async () => {
    const { outputs, cacheName, topicName, application } = stack;
    const { SIGNING_SECRET_ARN = '' } = stack.functionNamed('webhookFunctionName').environment;
    const { userId, ...message } = application.example;
    const target = {
      webhookUrl: String(outputs.webhookUrl),
      publisherUrl: String(outputs.publisherUrl),
      cacheName,
      topicName,
      signingSecret: () => stack.secrets.currentText(SIGNING_SECRET_ARN),
      count: async () =>
        (await application.read(application.describe(message).place, stack.access, 100)).length,
    };
    for (const name of ATTACKS) {
      const { verdict, request } = await attack(name, message, target);
      assert.equal(verdict, name === 'replayed' ? 'harmless' : 'refused', name);
      assert.equal(new URL(request.url).pathname, name === 'unsigned' ? '/comments' : '/webhook');
    }
  });

  it('publishes from the live page', async () => {
    const page = await startPage(stack);
    try {
      const response = await fetch(`${page.url}api/publish`, {
        method: 'POST',
        headers: { origin: page.url.slice(0, -1) },
        body: JSON.stringify({ userId: 'taylor', courseId: 7, comment: 'From the page' }),
      });
      assert.equal(Object(await response.json()).status, 200);
    } finally {
      await page.close();
    }
  });

  it('has faults by name for its routes', async () => {
    for (const [kind, status] of [
      ['throttle', 429],
      ['refuse', 503],
    ] as const) {
      stack.setFaults(parseFault(`HttpApi=${kind}`));
      assert.equal((await publish('never published')).status, status);
    }
    stack.setFaults((operation, input) =>
      operation === 'HttpApi' && Object(input).url === 'tokens' ? { kind: 'refuse' } : undefined,
    );
    assert.equal((await publish('published')).status, 200);
  });

  it('swaps in a changed handler and changed limits at the same address', async () => {
    const handler = join(folder, 'handlers', 'webhook.ts');
    const source = readFileSync(handler, 'utf8');
    const declaration = /(export async function handler\([^)]*\)[^{]*\{)/;
    const post = async () => (await fetch(String(stack.outputs.webhookUrl), { method: 'POST' })).status;
    assert.equal(await post(), 403);
    writeFileSync(
      handler,
      source.replace(declaration, "$1 return { statusCode: 418, headers: {}, body: '' };"),
    );
    const settings = join(folder, 'Pulumi.dev.yaml');
    writeFileSync(settings, `${readFileSync(settings, 'utf8')}  throttleRate: 1\n  throttleBurst: 1\n`);
    assert.deepEqual(await stack.reload(), [stack.outputs.webhookFunctionName]);
    const statuses = await Promise.all(Array.from({ length: 10 }, post));
    assert.deepEqual([...new Set(statuses)].sort(), [418, 429]);
  });

  it('asks for a restart for another front', async () => {
    const settings = join(folder, 'Pulumi.dev.yaml');
    const text = readFileSync(settings, 'utf8').replace(/ {2}throttle.*\n/g, '');
    writeFileSync(settings, text);
    const before = await startStack({ folder });
    try {
      writeFileSync(settings, `${text}  front: http-api\n`);
      await assert.rejects(
        before.reload(),
        /^Error: webhookUrl changed from .* restart npm start to apply it$/,
      );
    } finally {
      await before.close();
    }
  });
});

describe('the relay with API Gateway in front', () => {
  const MESSAGES = 8;
  let stack: Stack;

  before(async () => {
    // So little that the relay, which has 32 deliveries under way, is throttled.
    const limits = { throttleRate: '5', throttleBurst: '1' };
    stack = await startStack({ config: { ...FRONT, ...limits, delivery: 'relay' } });
  });
  after(() => stack.close());

  it('delivers each message once although it is throttled', async () => {
    const { apiKey, cacheName, topicName, momento } = stack;
    const local = `127.0.0.1:${momento.port}`;
    const credentialProvider = apiKeyCredentials(apiKey, { local });
    const stored = (): Promise<Comment[]> =>
      readComments('9', { credentialProvider, cacheName, limit: 1_000 });
    const publisher = new Publisher({ apiKey, cacheName, topicName, local });
    let throttled = 0;
    let answered = () => {};
    stack.events.on('request', ({ url, status }) => {
      if (url === 'webhook' && status === 429) throttled++;
      if (url === 'webhook' && status === 200) answered();
    });
    await Promise.all(
      Array.from({ length: MESSAGES }, (_, n) =>
        publisher.publish('taylor', JSON.stringify({ comment: String(n), courseId: 9 })),
      ),
    );
    for (;;) {
      const next = new Promise<void>((resolve) => {
        answered = resolve;
      });
      if ((await stored()).length >= MESSAGES) break;
      await next;
    }
    const comments = (await stored()).map(({ comment }) => comment);
    assert.equal(comments.length, MESSAGES);
    assert.equal(new Set(comments).size, MESSAGES);
    assert(throttled > 0, 'the limit was reached');
  });
});
