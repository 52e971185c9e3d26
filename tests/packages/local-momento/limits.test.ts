import assert from 'node:assert/strict';
import { type CacheClient, LimitExceededError } from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';

const ITEM = 5 * 1024 * 1024;
const ELEMENT = 128 * 1024;

describe('the local Momento: limits of size', () => {
  let s: Stand;
  before(async () => {
    s = await stand();
  });
  after(() => s.close());

  const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(65);

  it('allow 5 MB for an item, and not a byte more', async () => {
    got(await s.cache.set('cache', 'large', bytes(ITEM)), 'Success');
    const read = got(await s.cache.get('cache', 'large'), 'Hit');
    assert.equal(read.valueUint8Array().length, ITEM);
    for (const response of [
      await s.cache.set('cache', 'key', bytes(ITEM + 1)),
      await s.cache.setIfAbsent('cache', 'key', bytes(ITEM + 1)),
    ]) {
      assert.match(refused(response, LimitExceededError), /an item is 5242880 bytes/);
      assert.match(String(response), /^Request size limit exceeded for this account/);
    }
    got(await s.cache.get('cache', 'key'), 'Miss');
  });

  it('refuse an item of a batch that is too large, and store the others', async () => {
    const set = got(await s.cache.setBatch('cache', { small: 'x', key: bytes(ITEM + 1) }), 'Success');
    assert.deepEqual(
      set.results().map(({ type }) => type),
      ['Success', 'Error'],
    );
  });

  const cache = (): CacheClient => s.cache;
  const WRITES: [name: string, write: (value: Uint8Array) => Promise<{ type: string }>][] = [
    ['a dictionary value', (value) => cache().dictionarySetField('cache', 'dictionary', 'field', value)],
    ['a dictionary field', (field) => cache().dictionarySetField('cache', 'dictionary', field, 'value')],
    ['a dictionary counter', (field) => cache().dictionaryIncrement('cache', 'counters', field)],
    ['a set element', (value) => cache().setAddElements('cache', 'set', [value])],
    ['an element at the back of a list', (value) => cache().listPushBack('cache', 'list', value)],
    ['an element in a list', (value) => cache().listConcatenateFront('cache', 'list', [value])],
    ['a sorted set element', (value) => cache().sortedSetPutElement('cache', 'sorted', value, 1)],
    ['an incremented element', (value) => cache().sortedSetIncrementScore('cache', 'sorted', value, 1)],
  ];
  for (const [name, write] of WRITES) {
    it(`allow 128 KB for ${name}, and not a byte more`, async () => {
      assert.equal((await write(bytes(ELEMENT))).type, 'Success');
      const response = await write(bytes(ELEMENT + 1));
      assert.match(refused(response, LimitExceededError), /at most 131072 bytes/);
      assert.match(String(response), /^Element size limit exceeded for this account/);
    });
  }

  it('allow collections that are larger than an item', async () => {
    for (let part = 0; part < 6; part += 1) {
      const values = Array.from({ length: 8 }, () => bytes(ELEMENT));
      got(await s.cache.listConcatenateBack('cache', 'many', values), 'Success');
    }
    assert.equal(got(await s.cache.listLength('cache', 'many'), 'Hit').length(), 48);
  });

  it('allow 4 KB for a message, and say that a larger request is too large', async () => {
    got(await s.topics.publish('cache', 'topic', 'x'.repeat(4_096)), 'Success');
    const response = await s.topics.publish('cache', 'topic', 'x'.repeat(4_097));
    assert.match(refused(response, LimitExceededError), /is 4096 bytes/);
    assert.match(String(response), /^Request size limit exceeded for this account/);
  });

  it('are listed with each cache', async () => {
    const [listed] = got(await s.cache.listCaches(), 'Success').getCaches();
    assert.equal(listed?.getCacheLimits().maxItemSizeKb, 5_120);
    assert.equal(listed?.getTopicLimits().maxPublishMessageSizeKb, 4);
  });
});
