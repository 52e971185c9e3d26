import assert from 'node:assert/strict';
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import { CollectionTtl } from '@gomomento/sdk';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { got, type Stand, stand } from './sdk';

describe('the local Momento: sets', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(async () => {
    await s.cache.flushCache('cache');
    await s.cache.setAddElements('cache', 'set', ['a', 'b', 'c']);
  });
  after(() => s.close());

  const fetch = async (): Promise<string[]> =>
    got(await s.cache.setFetch('cache', 'set'), 'Hit')
      .valueArray()
      .sort();

  it('hold each element once', async () => {
    got(await s.cache.setAddElement('cache', 'set', 'a'), 'Success');
    got(await s.cache.setAddElements('cache', 'set', ['d', 'b', 'd']), 'Success');
    assert.deepEqual(await fetch(), ['a', 'b', 'c', 'd']);
    assert.equal(got(await s.cache.setLength('cache', 'set'), 'Hit').length(), 4);
  });

  it('tell elements apart by their bytes', async () => {
    const bytes = new Uint8Array([97, 0, 255]);
    got(await s.cache.setAddElement('cache', 'bytes', bytes), 'Success');
    got(await s.cache.setAddElement('cache', 'bytes', new Uint8Array([97, 0])), 'Success');
    const hit = got(await s.cache.setFetch('cache', 'bytes'), 'Hit');
    assert.deepEqual(
      hit.valueArrayUint8Array().map((one) => [...one]),
      [
        [97, 0, 255],
        [97, 0],
      ],
    );
    assert.equal(
      got(await s.cache.setContainsElement('cache', 'bytes', bytes), 'Hit').containsElement(),
      true,
    );
  });

  it('say which elements they contain, and miss if they do not exist', async () => {
    const contains = got(await s.cache.setContainsElements('cache', 'set', ['c', 'x', 'a']), 'Hit');
    assert.deepEqual(contains.containsElements(), { c: true, x: false, a: true });
    assert.equal(got(await s.cache.setContainsElement('cache', 'set', 'x'), 'Hit').containsElement(), false);
    got(await s.cache.setContainsElement('cache', 'other', 'a'), 'Miss');
    got(await s.cache.setFetch('cache', 'other'), 'Miss');
    got(await s.cache.setSample('cache', 'other', 1), 'Miss');
    got(await s.cache.setPop('cache', 'other', 1), 'Miss');
    got(await s.cache.setLength('cache', 'other'), 'Miss');
  });

  it('remove elements, and are gone when the last one is', async () => {
    got(await s.cache.setRemoveElement('cache', 'set', 'a'), 'Success');
    got(await s.cache.setRemoveElements('cache', 'set', ['x', 'b']), 'Success');
    assert.deepEqual(await fetch(), ['c']);
    got(await s.cache.setRemoveElements('cache', 'set', ['c']), 'Success');
    got(await s.cache.setFetch('cache', 'set'), 'Miss');
    got(await s.cache.setRemoveElement('cache', 'set', 'a'), 'Success');
  });

  it('sample as many different elements as asked for, if there are so many, and keep them', async () => {
    const sample = async (limit: number): Promise<string[]> =>
      got(await s.cache.setSample('cache', 'set', limit), 'Hit').valueArray();
    assert.deepEqual(await sample(0), []);
    const two = await sample(2);
    assert.equal(new Set(two).size, 2);
    assert.deepEqual((await sample(10)).sort(), ['a', 'b', 'c']);
    assert.deepEqual(await fetch(), ['a', 'b', 'c']);
  });

  it('sample by chance: in 60 draws each element comes', async () => {
    const drawn = new Set<string>();
    for (let draw = 0; draw < 60; draw += 1) {
      const [one] = got(await s.cache.setSample('cache', 'set', 1), 'Hit').valueArray();
      drawn.add(String(one));
    }
    assert.deepEqual([...drawn].sort(), ['a', 'b', 'c']);
  });

  it('pop elements, and are gone when empty', async () => {
    const popped = got(await s.cache.setPop('cache', 'set', 2), 'Hit').valueArray();
    assert.deepEqual([...popped, ...(await fetch())].sort(), ['a', 'b', 'c']);
    assert.equal(got(await s.cache.setPop('cache', 'set', 5), 'Hit').valueArray().length, 1);
    got(await s.cache.setLength('cache', 'set'), 'Miss');
  });

  it('keep what is not stored of given elements, or nothing, for clients of the raw interface', async () => {
    const { _Minuend, _Subtrahend } = scs._SetDifferenceRequest;
    const client = new scs.ScsClient(`127.0.0.1:${s.momento.port}`, ChannelCredentials.createInsecure());
    const metadata = new Metadata();
    metadata.set('cache', 'cache');
    const subtract = (what: object): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        const request = new scs._SetDifferenceRequest({ set_name: Buffer.from('set'), ...what });
        client.SetDifference(request, metadata, {}, (error, response) =>
          error === null ? resolve(response?.set) : reject(error),
        );
      });
    const minuend = new _Minuend({ elements: ['b', 'x', 'y'].map((text) => Buffer.from(text)) });
    assert.equal(await subtract({ minuend }), 'found');
    assert.deepEqual(await fetch(), ['x', 'y']);
    await assert.rejects(subtract({}), /SetDifference without elements/);
    const itself = { subtrahend: new _Subtrahend({ identity: new _Subtrahend._Identity() }) };
    assert.equal(await subtract(itself), 'found');
    assert.equal(await subtract(itself), 'missing');
    client.close();
  });

  it('refresh their time to live with a write, unless that is not wanted', async () => {
    const ttl = async (): Promise<number> =>
      got(await s.cache.itemGetTtl('cache', 'set'), 'Hit').remainingTtlMillis();
    now += 1_000;
    await s.cache.setAddElement('cache', 'set', 'd', {
      ttl: CollectionTtl.of(90).withNoRefreshTtlOnUpdates(),
    });
    assert.equal(await ttl(), 59_000);
    await s.cache.setAddElements('cache', 'set', ['d'], { ttl: CollectionTtl.of(90) });
    assert.equal(await ttl(), 90_000);
    await s.cache.setPop('cache', 'set', 1);
    assert.equal(await ttl(), 90_000);
  });
});
