import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeLegacyKey, makeV2Key } from 'local-momento';
import { apiKeyCredentials } from '../../../handlers/adapters/momento-credentials';
import { apiKeyKind } from '../../../handlers/core/api-key';

const legacy = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString('base64');
const v2 = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

describe('an API key', () => {
  it('is a legacy or a v2 one', () => {
    assert.equal(apiKeyKind(makeLegacyKey()), 'legacy');
    assert.equal(apiKeyKind(makeV2Key()), 'v2');
  });

  it('is a legacy one whatever its parts are, as long as a header can hold them', () => {
    const part = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    fc.assert(
      fc.property(part, part, (api_key, endpoint) => {
        assert.equal(apiKeyKind(legacy({ api_key, endpoint })), 'legacy');
      }),
    );
  });

  it('is a v2 one by its claim t alone', () => {
    assert.equal(apiKeyKind(v2({ t: 'g', exp: 1 })), 'v2');
    for (const claims of [{ t: 's' }, { t: 'G' }, { t: ['g'] }, { t: '' }, {}, [], 'g', 5, null])
      assert.equal(apiKeyKind(v2(claims)), undefined, JSON.stringify(claims));
  });

  it('is neither if it is base64 of something else', () => {
    for (const fields of [{}, [], 'x', 5, null, { api_key: 'a' }, { endpoint: 'momento.test' }])
      assert.equal(apiKeyKind(legacy(fields)), undefined, JSON.stringify(fields));
    for (const text of ['', '=', 'AAAA', 'e30.AAAA.c2ln', 'e30..c2ln'])
      assert.equal(apiKeyKind(text), undefined, text);
  });

  it('is neither, and never an error, with whatever text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        assert.equal(apiKeyKind(text), undefined);
      }),
    );
  });

  it('is neither with anything before, inside or after it, as when a terminal wrapped its lines', () => {
    for (const key of [makeLegacyKey(), makeV2Key()]) {
      const middle = key.length / 2;
      for (const more of ['\n', ' ', '\u200b', '.x', '"'])
        for (const changed of [key + more, more + key, key.slice(0, middle) + more + key.slice(middle)])
          assert.equal(apiKeyKind(changed), undefined, JSON.stringify(more));
    }
  });

  it('is neither if a header cannot hold a part of it', () => {
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
