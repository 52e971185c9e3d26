import assert from 'node:assert/strict';
import { apiKeyCredentials } from '../../../handlers/adapters/momento-credentials';
import { apiKeyKind } from '../../../handlers/core/api-key';
import { makeLegacyKey, makeV2Key } from '../../../local/momento';

const legacy = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64');

describe('an API key', () => {
  it('is a legacy or a v2 one', () => {
    assert.equal(apiKeyKind(makeLegacyKey()), 'legacy');
    assert.equal(apiKeyKind(makeV2Key()), 'v2');
  });

  it('is neither with anything before, in or behind it, as when a terminal wrapped its lines', () => {
    for (const key of [makeLegacyKey(), makeV2Key()]) {
      const middle = key.length / 2;
      for (const more of ['\n', ' ', '\u200b', '.x', '"'])
        for (const changed of [key + more, more + key, key.slice(0, middle) + more + key.slice(middle)])
          assert.equal(apiKeyKind(changed), undefined, JSON.stringify(more));
    }
  });

  it('is neither where a part of it cannot stand in a header', () => {
    for (const api_key of [5, {}, '', 'a\nb', 'ä', undefined])
      assert.equal(apiKeyKind(legacy({ api_key, endpoint: 'momento.test' })), undefined);
    for (const endpoint of [5, {}, '', 'a b', undefined])
      assert.equal(apiKeyKind(legacy({ api_key: 'a', endpoint })), undefined);
  });

  it('that is neither gives no credentials, and an error that does not show it', () => {
    const key = `${makeV2Key()}\n`;
    assert.throws(
      () => apiKeyCredentials(key, { endpoint: 'momento.test' }),
      (error: Error) => error.name === 'UnusableApiKey' && !String(error.stack).includes(key.slice(0, 20)),
    );
  });
});
