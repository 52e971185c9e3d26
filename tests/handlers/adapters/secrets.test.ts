// The secrets that are asked for while a function initialises, from an endpoint that counts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { endEarly, fetchEarly, fetchSecret } from '../../../handlers/adapters/secrets';
import { INIT_WITHIN_MS } from '../../../handlers/core/deadline';
import { callAws } from './aws-environment';

describe('a secret that is asked for while the function initialises', () => {
  const realNow = Date.now;
  let server: Server;
  let setBack: () => void;
  let asked = 0;

  before(async () => {
    server = createServer((_, response) => {
      response.end(JSON.stringify({ SecretString: `value ${++asked}`, VersionId: '1' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert(address && typeof address === 'object');
    setBack = callAws(`http://127.0.0.1:${address.port}`, { accessKeyId: 'key', secretAccessKey: 'secret' });
  });
  beforeEach(() => {
    asked = 0;
  });
  afterEach(() => {
    Date.now = realNow;
    endEarly();
  });
  after(() => {
    server.close();
    setBack?.();
  });

  it('is not asked for twice, and is once INIT is over', async () => {
    await fetchEarly(['one'], 1_000);
    assert.equal(await fetchSecret('one'), 'value 1');
    endEarly();
    assert.equal(await fetchSecret('one'), 'value 2');
  });

  it('is asked for again after an INIT that was frozen half-way: the answer would pass for a new one', async () => {
    await fetchEarly(['one'], 1_000);
    assert.equal(await fetchSecret('one'), 'value 1');
    Date.now = () => realNow() + INIT_WITHIN_MS + 1;
    assert.equal(await fetchSecret('one'), 'value 2');
  });
});
