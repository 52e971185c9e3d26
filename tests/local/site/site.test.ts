// The host of an application's site, with its stand-in for a sign-in.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type Site, startSite } from '../../../local/site';
import { type Stack, startStack } from '../../../local/stack';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  bytes: Buffer;
}

describe('the host of a site', () => {
  let stack: Stack;
  let site: Site;
  before(async () => {
    stack = await startStack({ config: { application: 'examples/multi-language-chat', languages: 'en,fr' } });
    assert(stack.application.site, 'the chat has a site');
    site = await startSite(stack, stack.application.site);
  });
  after(async () => {
    await site?.close();
    await stack?.close();
  });

  function send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<Answer> {
    const own = method === 'POST' ? { origin: site.url.slice(0, -1) } : {};
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: site.port, method, path, headers: { ...own, ...headers } };
      const sent = request(options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(Buffer.from(chunk));
        const { statusCode: status = 0, headers: received } = response;
        const bytes = Buffer.concat(chunks);
        resolve({ status, headers: received, body: bytes.toString(), bytes });
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }
  const signIn = async (name: string): Promise<string> => {
    const { status, headers } = await send('POST', '/sign-in', {}, `name=${encodeURIComponent(name)}`);
    assert.equal(status, 303);
    return String(headers['set-cookie']).split(';')[0] ?? '';
  };

  it('vends a token for the user of the session, whoever the request names', async () => {
    const cookie = await signIn('Zoë');
    const body = JSON.stringify({ language: 'fr', userId: 'mallory' });
    const { status, headers, body: token } = await send('POST', '/token', { cookie }, body);
    assert.equal(status, 200);
    assert.equal(headers['cache-control'], 'no-store');
    const { userId, language } = JSON.parse(token);
    assert.deepEqual([userId, language], ['Zoë', 'fr']);
  });

  it('vends none to who is not signed in, or not any more', async () => {
    assert.equal((await send('POST', '/token', {}, '{}')).status, 401);
    const proven = await signIn('taylor');
    const forged = proven.replace(base64url('taylor'), base64url('mallory'));
    assert.notEqual(forged, proven);
    const unproven = [
      forged,
      `${proven}A`,
      proven.slice(0, -4),
      proven.split('.')[0],
      `session-${site.port}=guess`,
    ];
    for (const cookie of unproven) {
      assert.equal((await send('POST', '/token', { cookie: String(cookie) }, '{}')).status, 401, cookie);
    }
    const { headers } = await send('POST', '/sign-out', { cookie: await signIn('taylor') });
    const [cookie = ''] = String(headers['set-cookie']).split(';');
    assert.equal((await send('POST', '/token', { cookie }, '{}')).status, 401);
  });

  it('knows who was signed in before a restart, as long as the keys are the same', async () => {
    const cookie = await signIn('Zoë');
    const { port } = site;
    const { site: declared } = stack.application;
    assert(declared);
    await site.close();
    site = await startSite(
      { ...stack, credentials: { ...stack.credentials, secretAccessKey: 'new' } },
      declared,
      { port },
    );
    assert.equal((await send('GET', '/', { cookie })).status, 303);
    await site.close();
    site = await startSite(stack, declared, { port });
    assert.equal((await send('GET', '/', { cookie })).status, 200);
    assert.equal(JSON.parse((await send('POST', '/token', { cookie }, '{}')).body).userId, 'Zoë');
  });

  it('passes on what the token service refuses, and refuses what is no JSON object', async () => {
    const cookie = await signIn('taylor');
    const refused = await send('POST', '/token', { cookie }, '{"language":"xx"}');
    assert.deepEqual([refused.status, refused.body], [422, '{"message":"language must be one of: en, fr"}']);
    for (const body of ['', '[]', 'null', '{']) {
      assert.equal((await send('POST', '/token', { cookie }, body)).status, 422);
    }
    assert.equal((await send('POST', '/sign-in', {}, 'name=+')).status, 422);
  });

  it('lets no other site ask, and no name that was pointed here', async () => {
    const cookie = await signIn('taylor');
    for (const [name, value] of [
      ['origin', 'https://example.com'],
      ['origin', 'null'],
      ['host', 'rebound.example.com'],
    ] as const) {
      assert.equal((await send('POST', '/token', { cookie, [name]: value }, '{}')).status, 403);
    }
  });

  it('sends a Content-Security-Policy that allows its own files and the local Momento, and nothing else', async () => {
    const { headers, body } = await send('GET', '/', { cookie: await signIn('taylor') });
    const policy = String(headers['content-security-policy']).split('; ');
    assert.deepEqual(
      policy.filter((rule) => /^(default|script|style|connect)-src|^form/.test(rule)),
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `connect-src 'self' ${stack.momento.url}`,
        "form-action 'self'",
      ],
    );
    assert.doesNotMatch(body, /<style|style=|<script>|\son\w+=/);
  });

  it('leads who is not signed in to the sign-in, before the page loads', async () => {
    const { status, headers } = await send('GET', '/');
    assert.deepEqual([status, headers.location], [303, 'sign-in']);
    assert.equal((await send('GET', '/', { cookie: await signIn('taylor') })).status, 200);
  });

  it('has the token service and the webhook ready for two users at the same time before it serves', async () => {
    for (const output of ['tokensFunctionName', 'webhookFunctionName']) {
      assert.equal((await stack.heapUsed(output)).length, 2, output);
    }
  });

  it('is there although the webhook cannot be initialised: what is wrong with it can be mended meanwhile', async () => {
    assert(stack.application.site);
    const warm = () => Promise.reject(new Error('a mistake in the handler'));
    const other = await startSite({ ...stack, warm }, stack.application.site);
    await other.close();
  });

  it('lets browsers keep scripts and styles until they change, and no page', async () => {
    for (const path of ['/app.js', '/layout.css', '/web-sdk.js', '/sign-in.css']) {
      const { headers } = await send('GET', path);
      assert.equal(headers['cache-control'], 'no-cache', path);
      const again = await send('GET', path, { 'if-none-match': String(headers.etag) });
      assert.deepEqual([again.status, again.body], [304, ''], path);
      assert.equal((await send('GET', path, { 'if-none-match': 'W/"of another"' })).status, 200, path);
    }
    const cookie = await signIn('taylor');
    for (const path of ['/', '/sign-in']) {
      const { headers } = await send('GET', path, { cookie });
      assert.deepEqual([headers['cache-control'], headers.etag], ['no-store', undefined], path);
    }
  });

  it('compresses the web SDK for browsers that take it', async () => {
    const whole = await send('GET', '/web-sdk.js');
    const compressed = await send('GET', '/web-sdk.js', { 'accept-encoding': 'gzip, deflate, br' });
    assert.equal(whole.headers['content-encoding'], undefined);
    assert.equal(compressed.headers['content-encoding'], 'gzip');
    assert.equal(compressed.headers.etag, whole.headers.etag);
    assert(gunzipSync(compressed.bytes).equals(whole.bytes));
    assert(compressed.bytes.length < whole.bytes.length / 5);
  });

  it('serves the files of the site’s folder, and nothing beyond', async () => {
    assert.match(String((await send('GET', '/app.js')).headers['content-type']), /javascript/);
    for (const path of [
      '/../tokens.ts',
      '/..%2ftokens.ts',
      '/tokens.ts',
      '/client/app.js',
      '/../../package.json',
    ]) {
      assert.equal((await send('GET', path)).status, 404, path);
    }
    const origin = site.url.slice(0, -1);
    assert.equal((await send('PUT', '/', { origin })).status, 405);
  });
});

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
