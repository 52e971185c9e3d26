import assert from 'node:assert/strict';
import { CacheClient, Configurations, NoopMomentoLoggerFactory } from '@gomomento/sdk';
import { type Momento, makeLegacyKey, startMomento } from 'local-momento';
import { Connection } from '../../handlers/adapters/connection';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { planDrop } from './plan';

const CACHE = 'comments';
const REFUSED = 1;
const WAITING = 2;
/** In milliseconds: long enough for a busy machine. */
const PATIENCE_MS = 30_000;

describe('the client that a soak lets the redrive drop', () => {
  const apiKey = makeLegacyKey();
  const happened: string[] = [];
  let momento: Momento;

  before(async () => {
    momento = await startMomento({ caches: [CACHE], apiKeys: [apiKey] });
  });
  after(() => momento.close());

  const connect = (key: string) => {
    const credentialProvider = apiKeyCredentials(key, { local: `127.0.0.1:${momento.port}` });
    const configuration = Configurations.Lambda.latest(new NoopMomentoLoggerFactory());
    const client = new CacheClient({
      credentialProvider,
      configuration: configuration.withClientTimeoutMillis(PATIENCE_MS),
      defaultTtlSeconds: 60,
    });
    const close = () => {
      happened.push('close');
      client.close();
    };
    return { put: (index: number) => client.sortedSetPutElement(CACHE, 'course', `#${index}#`, 1), close };
  };

  it('is asked again by a call that had no answer when it was dropped', async () => {
    const plan = planDrop(REFUSED, WAITING);
    momento.setFaults((operation, request) => {
      const fault = plan(operation, request);
      happened.push(fault?.kind ?? operation);
      return fault;
    });
    const connection = new Connection(connect);
    const put = (index: number) => connection.call(apiKey, (client) => client.put(index));
    const waiting = put(WAITING);
    const refused = put(REFUSED);
    assert.equal((await refused.result).type, 'Error');
    refused.drop();
    assert.deepEqual(happened.sort(), ['apply-then-time-out', ...Array(4).fill('refuse')]);
    happened.length = 0;
    assert.equal((await put(REFUSED).result).type, 'Success');
    assert.equal((await waiting.result).type, 'Success');
    assert.deepEqual(happened.sort(), ['SortedSetPut', 'SortedSetPut', 'close', 'restart']);
    connection.close();
  });
});
