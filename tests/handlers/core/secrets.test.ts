import assert from 'node:assert/strict';
import { CachedSecret, FAILURE_MEMORY_MS } from '../../../handlers/core/cached-secret';
import { AccessDenied, Unavailable } from '../../../handlers/core/errors';
import { sign } from '../../../handlers/core/signature';
import {
  RECHECK_MS,
  ROTATION_GRACE_MS,
  SERVE_MS,
  type SecretVersions,
  SigningSecret,
} from '../../../handlers/core/signing-secret';

const MOST_MS = FAILURE_MEMORY_MS.most;

/** A clock and a source that counts its calls. */
function source<T>(value: T) {
  const it = { value, up: true, calls: 0, now: 1_700_000_000_000 };
  const fetch = async () => {
    it.calls++;
    if (!it.up) throw new Error('out of reach');
    return it.value;
  };
  return Object.assign(it, { fetch, clock: () => it.now });
}

/** A source that gives these values, one per call. */
function inTurn<T>(values: Promise<T>[]) {
  return () => values.shift() ?? Promise.reject(new Error('asked again'));
}

describe('a cached secret', () => {
  it('is fetched once for calls at the same time, and again only when it is too old', async () => {
    const from = source('a');
    const secret = new CachedSecret(from.fetch, 1_000_000, from.clock);
    assert.deepEqual(await Promise.all([secret.get(1_000), secret.get(1_000)]), ['a', 'a']);
    from.now += 1_000;
    await secret.get(1_000);
    assert.equal(from.calls, 1);
    from.value = 'b';
    from.now += 1;
    assert.equal(await secret.get(1_000), 'b');
    assert.equal(from.calls, 2);
  });

  it('remembers a failure for a second, then for twice as long each time up to 30, and asks nobody meanwhile', async () => {
    const from = source('a');
    from.up = false;
    const secret = new CachedSecret(from.fetch, 1_000_000, from.clock);
    const refused = (seconds: number) =>
      assert.rejects(secret.get(0), (error: Unavailable) => error.headers['retry-after'] === String(seconds));
    for (const [failures, seconds] of [1, 2, 4, 8, 16, 30, 30].entries()) {
      await refused(seconds);
      from.now += seconds * 1_000 - 1;
      await refused(1);
      assert.equal(from.calls, failures + 1);
      from.now += 1;
    }
    from.up = true;
    assert.equal(await secret.get(0), 'a');
  });

  it('forgets its failures with the first success', async () => {
    const from = source('a');
    const secret = new CachedSecret(from.fetch, 0, from.clock);
    for (const up of [false, false, true, false]) {
      from.up = up;
      from.now += MOST_MS;
      await secret.get(0).catch(() => undefined);
    }
    from.now += FAILURE_MEMORY_MS.least;
    from.up = true;
    assert.equal(await secret.get(0), 'a');
  });

  it('that is fetched while the function initialises is not fetched again by the first request', async () => {
    const from = source('a');
    const secret = new CachedSecret(from.fetch, 1_000_000, from.clock);
    secret.prefetch();
    assert.deepEqual(await Promise.all([secret.get(1_000), secret.get(1_000)]), ['a', 'a']);
    assert.equal(from.calls, 1);
  });

  it('forgets a failure while the function initialises, as it may have been frozen in the middle of it', async () => {
    const from = source('a');
    const secret = new CachedSecret(from.fetch, 1_000_000, from.clock);
    from.up = false;
    secret.prefetch();
    from.up = true;
    assert.equal(await secret.get(1_000), 'a');
    assert.equal(from.calls, 2);
  });

  it('serves on while a newer one takes longer than is waited for, and then serves that one', async () => {
    let answer = (_: string) => {};
    let now = 0;
    const values = [Promise.resolve('a'), new Promise<string>((resolve) => (answer = resolve))];
    const secret = new CachedSecret(inTurn(values), 1_000, () => now);
    assert.equal(await secret.get(100), 'a');
    now = 101;
    assert.equal(await secret.get(100, 1), 'a');
    const unhurried = secret.get(100);
    answer('b');
    assert.equal(await unhurried, 'b');
    assert.equal(await secret.get(100, 1), 'b');
  });

  it('does not serve on beyond its longest age, but waits for a newer one', async () => {
    let answer = (_: string) => {};
    let now = 0;
    const values = [Promise.resolve('a'), new Promise<string>((resolve) => (answer = resolve))];
    const secret = new CachedSecret(inTurn(values), 1_000, () => now);
    await secret.get(100);
    now = 1_001;
    const newer = secret.get(100, 0);
    await new Promise((resolve) => setTimeout(resolve, 1)); // long enough for the wait to have ended
    answer('b');
    assert.equal(await newer, 'b');
  });

  it('is asked for again after an answer that never came', async () => {
    const never = new Promise<string>(() => undefined);
    const values = [never, never, Promise.resolve('a')];
    let now = 0;
    const secret = new CachedSecret(inTurn(values), 1_000, () => now);
    secret.prefetch();
    await assert.rejects(secret.get(100), Unavailable);
    now = MOST_MS;
    assert.equal(await secret.get(100), 'a');
  });

  it('is fetched again at once by an instance that was frozen until no answer could come', async () => {
    let fail = (_: Error) => {};
    const frozen = new Promise<string>((_, reject) => (fail = reject));
    const values = [Promise.resolve('a'), frozen, Promise.resolve('b')];
    let now = 0;
    const secret = new CachedSecret(inTurn(values), 1_000_000, () => now);
    await secret.get(100);
    now = 101;
    assert.equal(await secret.get(100, 0), 'a');
    now += MOST_MS;
    assert.equal(await secret.get(100), 'b');
    fail(new Error('timed out'));
    now += 101;
    await assert.rejects(
      secret.fresh(100),
      { status: 503 },
      'asked again at once: the old failure is not of now',
    );
    assert.equal(await secret.get(100), 'b');
  });

  it('is not waited for in a fetch that was frozen with the instance, nor taken from its late answer', async () => {
    let answer = (_: string) => {};
    const frozen = new Promise<string>((resolve) => (answer = resolve));
    const values = [frozen, Promise.resolve('new')];
    let now = 0;
    const secret = new CachedSecret(inTurn(values), 1_000_000, () => now);
    const given = secret.get(100);
    await Promise.resolve(); // it has begun
    now += 600_000;
    assert.equal(await secret.get(100), 'new');
    answer('old');
    assert.equal(await given, 'old');
    assert.equal(await secret.get(100), 'new');
  });

  it('serves on while newer ones are out of reach, up to its longest age', async () => {
    const from = source('a');
    const secret = new CachedSecret(from.fetch, 100_000, from.clock);
    await secret.get(0);
    from.up = false;
    from.now += 100_000;
    assert.equal(await secret.get(0), 'a');
    from.now += MOST_MS;
    await assert.rejects(secret.get(0), Unavailable);
  });
});

describe('the signing secret', () => {
  const body = Buffer.from('{}');
  const rotatedAt = (changedAt: number): SecretVersions => ({ current: 'new', previous: 'old', changedAt });

  it('accepts the previous one for an hour after the change, and not a moment longer', async () => {
    const from = source(rotatedAt(1_700_000_000_000));
    const secret = new SigningSecret(from.fetch, from.clock);
    from.now += ROTATION_GRACE_MS - 1;
    await secret.check(body, sign(body, 'old'));
    from.now += 1;
    await assert.rejects(secret.check(body, sign(body, 'old')), AccessDenied);
    await secret.check(body, sign(body, 'new'));
  });

  it('refuses an event signed with a secret that was rotated out twice', async () => {
    const from = source(rotatedAt(1_700_000_000_000));
    const secret = new SigningSecret(from.fetch, from.clock);
    await assert.rejects(secret.check(body, sign(body, 'older')), AccessDenied);
  });

  it('takes up a rotated one at the first signature that does not match, once 30 seconds have passed', async () => {
    const from = source<SecretVersions>({ current: 'old', changedAt: 0 });
    const secret = new SigningSecret(from.fetch, from.clock);
    await secret.check(body, sign(body, 'old'));
    from.value = rotatedAt(from.now);
    await assert.rejects(secret.check(body, sign(body, 'new')), AccessDenied);
    from.now += RECHECK_MS + 1;
    await secret.check(body, sign(body, 'new'));
    assert.equal(from.calls, 2);
  });

  it('is Unavailable to a signature that does not match it while it may have been rotated and cannot be fetched', async () => {
    const from = source<SecretVersions>({ current: 'old', changedAt: 0 });
    const secret = new SigningSecret(from.fetch, from.clock);
    await secret.check(body, sign(body, 'old'));
    from.value = rotatedAt(from.now);
    from.now += SERVE_MS + 1;
    from.up = false;
    await assert.rejects(secret.check(body, sign(body, 'new')), Unavailable);
    from.up = true;
    await assert.rejects(secret.check(body, sign(body, 'new')), Unavailable);
    await secret.check(body, sign(body, 'old'));
    assert.equal(from.calls, 2, 'a failure is remembered');
    from.now += MOST_MS;
    await secret.check(body, sign(body, 'new'));
  });

  it('is fetched at most once in 30 seconds, whatever an attacker sends', async () => {
    const from = source<SecretVersions>({ current: 'current', changedAt: 0 });
    const secret = new SigningSecret(from.fetch, from.clock);
    for (let second = 0; second < 300; second++) {
      for (const forged of ['a', 'b', 'c'])
        await assert.rejects(secret.check(body, sign(body, forged)), AccessDenied);
      from.now += 1_000;
    }
    assert.ok(from.calls <= 10, `${from.calls} fetches in 300 s`);
  });

  it('stops accepting a secret that was rotated out even where every signature matches it', async () => {
    const from = source<SecretVersions>({ current: 'leaked', changedAt: 0 });
    const secret = new SigningSecret(from.fetch, from.clock);
    await secret.check(body, sign(body, 'leaked'));
    from.value = { current: 'new', changedAt: from.now };
    from.now += SERVE_MS + 1;
    await assert.rejects(secret.check(body, sign(body, 'leaked')), AccessDenied);
  });

  it('is not fetched for a malformed signature', async () => {
    const from = source<SecretVersions>({ current: 'current', changedAt: 0 });
    const secret = new SigningSecret(from.fetch, from.clock);
    for (const header of [undefined, '', 'x'.repeat(64), '0'.repeat(63)])
      await assert.rejects(secret.check(body, header), AccessDenied);
    assert.equal(from.calls, 0);
  });

  it('is Unavailable while none is set', async () => {
    const from = source<SecretVersions>({ current: 'current', changedAt: 0 });
    from.up = false;
    const secret = new SigningSecret(from.fetch, from.clock);
    await assert.rejects(secret.check(body, sign(body, 'current')), Unavailable);
  });
});
