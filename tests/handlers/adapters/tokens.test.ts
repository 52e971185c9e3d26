// The tokens with which the publisher publishes for its users, and a Momento that a test plays.
import assert from 'node:assert/strict';
import type { VendedToken } from '../../../handlers/adapters/token-vending';
import { Tokens } from '../../../handlers/adapters/tokens';

function tokens() {
  const vendings: { vend(token: string): void; fail(): void }[] = [];
  const world = { now: 1_000_000 };
  const vend = () =>
    new Promise<VendedToken>((resolve, reject) =>
      vendings.push({
        vend: (authToken) => resolve({ authToken, endpoint: 'e', expiresAt: world.now + 3_600_000 }),
        fail: () => reject(new Error('no answer')),
      }),
    );
  const settings = { apiKeySecretArn: 'arn', cacheName: 'c', ttlMinutes: 60, may: [{ publish: 't' }] };
  return { tokens: new Tokens(settings, { vend }, () => world.now), vendings, world };
}

describe('the tokens of the publisher', () => {
  it('are vended once for calls at the same time, and kept', async () => {
    const { tokens: it, vendings } = tokens();
    const [first, second] = [it.get('taylor'), it.get('taylor')];
    vendings[0]?.vend('one');
    assert.deepEqual(await Promise.all([first, second, it.get('taylor')]), [
      { token: 'one', kept: false },
      { token: 'one', kept: true },
      { token: 'one', kept: true },
    ]);
    assert.equal(vendings.length, 1);
  });

  it('are vended anew after a vending that was frozen with the function, whatever becomes of that', async () => {
    const { tokens: it, vendings, world } = tokens();
    const frozen = it.get('taylor');
    world.now += 600_000;
    const next = it.get('taylor');
    vendings[0]?.fail();
    await assert.rejects(frozen, /no answer/);
    vendings[1]?.vend('two');
    assert.deepEqual(await next, { token: 'two', kept: false });
    assert.deepEqual(await it.get('taylor'), { token: 'two', kept: true });
    assert.equal(vendings.length, 2);
  });

  it('are used for longer than anybody waits for one', async () => {
    const { tokens: it, vendings, world } = tokens();
    const vended = it.get('taylor');
    vendings[0]?.vend('one');
    await vended;
    world.now += 600_000;
    assert.deepEqual(await it.get('taylor'), { token: 'one', kept: true });
  });

  it('are vended again after a failure', async () => {
    const { tokens: it, vendings } = tokens();
    const failing = it.get('taylor');
    vendings[0]?.fail();
    await assert.rejects(failing);
    const next = it.get('taylor');
    vendings[1]?.vend('two');
    assert.equal((await next).token, 'two');
  });
});
