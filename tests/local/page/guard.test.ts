// The live page's access rules, over real HTTP.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type Page, startPage } from '../../../local/page';
import { PAGE_FILES } from '../../../local/page/files';
import { type Stack, startStack } from '../../../local/stack';

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

describe('the live page', () => {
  let stack: Stack;
  let page: Page;

  before(async () => {
    stack = await startStack();
    page = await startPage(stack);
  });
  after(async () => {
    await page.close();
    await stack.close();
  });

  /** `fetch` sets Host and Origin itself. */
  function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const all = { host: `127.0.0.1:${page.port}`, ...headers };
      const sent = request({ host: '127.0.0.1', port: page.port, method, path, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
  const own = () => ({ origin: `http://127.0.0.1:${page.port}` });
  const trouble = JSON.stringify({ trouble: 'none' });

  it('is served on 127.0.0.1, under this address and localhost', async () => {
    assert.equal(page.url, `http://127.0.0.1:${page.port}/`);
    assert.equal((await send('GET', '/', {})).status, 200);
    assert.equal((await send('GET', '/', { host: `localhost:${page.port}` })).status, 200);
  });

  it('refuses every other Host, such as that of a site that points its own name to this machine', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${page.port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${page.port}`,
    ]) {
      for (const path of ['/', '/api/place?name=123', '/api/events']) {
        assert.equal((await send('GET', path, { host })).status, 403, `${host} ${path}`);
      }
      const headers = { host, origin: `http://${host}` };
      assert.equal((await send('POST', '/api/trouble', headers, trouble)).status, 403, host);
    }
  });

  it('refuses every other Origin, whatever the request', async () => {
    const origins = ['http://evil.example', 'null', `https://127.0.0.1:${page.port}`, 'http://127.0.0.1:1'];
    for (const origin of origins) {
      assert.equal((await send('GET', '/api/place?name=123', { origin })).status, 403, origin);
      assert.equal((await send('GET', '/api/events', { origin })).status, 403, origin);
      assert.equal((await send('POST', '/api/trouble', { origin }, trouble)).status, 403, origin);
    }
    const another = { origin: `http://localhost:${page.port}` };
    assert.equal(
      (await send('POST', '/api/trouble', another, trouble)).status,
      403,
      'localhost is another origin',
    );
  });

  it('refuses a request that a browser marks as another site’s, even without an Origin', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site };
      assert.equal((await send('GET', '/api/place?name=123', headers)).status, 403);
    }
    assert.equal((await send('GET', '/', { 'sec-fetch-site': 'none' })).status, 200);
  });

  it('changes nothing without an Origin, and only by POST', async () => {
    assert.equal((await send('POST', '/api/trouble', {}, trouble)).status, 403);
    assert.equal((await send('POST', '/api/trouble', own(), trouble)).status, 200);
    const got = await send('GET', '/api/trouble', {});
    assert.deepEqual([got.status, got.headers.allow], [405, 'POST']);
    assert.equal((await send('POST', '/', own(), '')).status, 405);
  });

  it('answers 422 to requests that its own buttons never send, and 413 to more than 64 KiB', async () => {
    for (const body of ['', '{', '[]', '{"trouble":"earthquake"}']) {
      assert.equal((await send('POST', '/api/trouble', own(), body)).status, 422, body);
    }
    assert.equal((await send('POST', '/api/publish', own(), 'x'.repeat(64 * 1024 + 1))).status, 413);
    assert.equal((await send('GET', '/api/place?name=', {})).status, 422);
  });

  it('serves its own files and no other, whatever the path', async () => {
    for (const path of [
      '/../index.ts',
      '/..%2findex.ts',
      '/%2e%2e/guard.ts',
      '/static/app.js',
      '/guard.ts',
      '//etc/passwd',
    ]) {
      assert.equal((await send('GET', path, {})).status, 404, path);
    }
  });

  it('runs only its own scripts, loads nothing from elsewhere but the local Momento, and cannot be framed', async () => {
    for (const path of ['/', '/app.js', '/api/place?name=123', '/nothing']) {
      const { headers } = await send('GET', path, {});
      const policy = new Map(
        String(headers['content-security-policy'])
          .split('; ')
          .map((directive) => {
            const [name = '', ...values] = directive.split(' ');
            return [name, values.join(' ')] as const;
          }),
      );
      assert.equal(policy.get('default-src'), "'none'", path);
      assert.equal(policy.get('script-src'), "'self'");
      assert.equal(policy.get('connect-src'), `'self' ${stack.momento.url}`);
      assert.equal(policy.get('frame-ancestors'), "'none'");
      assert.equal(policy.get('require-trusted-types-for'), "'script'");
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
  });

  it('has no address but its own in its files', async () => {
    for (const path of [
      '/',
      ...PAGE_FILES.filter((name) => !name.endsWith('.svg')).map((name) => `/${name}`),
    ]) {
      const { status, body } = await send('GET', path, {});
      assert.equal(status, 200, path);
      assert.doesNotMatch(body, /https?:|\/\/[a-z]+\.[a-z]/, path);
      assert.doesNotMatch(body, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/, path);
    }
  });
});
