// For how long a newer secret is waited for.
import assert from 'node:assert/strict';
import { CachedSecret } from '../../../handlers/core/cached-secret';

/** A secret of which `a` is held, and a newer one is being fetched. */
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

/** Until whatever is not waited for at all has been given up: timers of the same length end in the order of their beginning. */
async function aMoment(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve)); // by now its timer has begun
  await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a newer secret', () => {
  it('is served where it comes within the time that it is waited for', async () => {
    const { secret, answer } = await rotating();
    const newer = secret.get(100, 60_000);
    await aMoment();
    answer('b');
    assert.equal(await newer, 'b');
  });

  it('is waited for without a limit of its own where none is given', async () => {
    const { secret, answer } = await rotating();
    const newer = secret.get(100);
    await aMoment();
    answer('b');
    assert.equal(await newer, 'b');
  });
});
