// How long a call waits for a newer secret.
import assert from 'node:assert/strict';
import { CachedSecret } from '../../../handlers/core/cached-secret';

/** A secret of which `a` is held while a newer one is being fetched. */
async function rotating() {
  let now = 0;
  let answer = (_: string) => {};
  const values = [Promise.resolve('a'), new Promise<string>((resolve) => (answer = resolve))];
  const fetch = () => values.shift() ?? Promise.reject(new Error('asked again'));
  const secret = new CachedSecret(fetch, 1_000_000, () => now);
  await secret.get(100);
  now = 101;
  return { secret, answer: (value: string) => answer(value) };
}

/** Waits until work without any patience has been given up: timers of the same length end in the order in which they began. */
async function aMoment(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve)); // by now its timer has begun
  await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a newer secret', () => {
  it('is used if it comes in time', async () => {
    const { secret, answer } = await rotating();
    const newer = secret.get(100, 60_000);
    await aMoment();
    answer('b');
    assert.equal(await newer, 'b');
  });

  it('is waited for without a time limit if none is given', async () => {
    const { secret, answer } = await rotating();
    const newer = secret.get(100);
    await aMoment();
    answer('b');
    assert.equal(await newer, 'b');
  });
});
