// The reason given for an event that is not accepted, and when the secrets are fetched.
import assert from 'node:assert/strict';
import { sign } from '../../../handlers/core/signature';
import { RECHECK_MS, type SecretVersions, SigningSecret } from '../../../handlers/core/signing-secret';

const body = Buffer.from('{}');

/** A signing secret, and how often it was fetched. */
function signingSecret(fetch: () => Promise<SecretVersions> = async () => ({ current: 's', changedAt: 0 })) {
  const it = { fetches: 0, now: 1_700_000_000_000 };
  const secret = new SigningSecret(
    () => {
      it.fetches += 1;
      return fetch();
    },
    () => it.now,
  );
  return Object.assign(it, { secret });
}

describe('an event that is not accepted', () => {
  it('counts as unsigned if its header could not be a signature', async () => {
    for (const header of [undefined, '', 'x'.repeat(64)])
      await assert.rejects(signingSecret().secret.check(body, header), { status: 403, reason: 'unsigned' });
  });

  it('counts as wrongly signed if its header could be one: only that can mean a wrong secret', async () => {
    for (const header of ['0'.repeat(64), sign(body, 'other')])
      await assert.rejects(signingSecret().secret.check(body, header), { status: 403, reason: 'signature' });
  });

  it('is not accepted merely because newer secrets were fetched for it: it must match them', async () => {
    const it = signingSecret();
    await it.secret.check(body, sign(body, 's'));
    it.now += RECHECK_MS + 1;
    await assert.rejects(it.secret.check(body, sign(body, 'other')), { status: 403, reason: 'signature' });
    assert.equal(it.fetches, 2);
  });

  it('counts against the secret if none is available, with the failure as the cause', async () => {
    const cause = new RangeError('out of reach');
    const { secret } = signingSecret(() => Promise.reject(cause));
    await assert.rejects(secret.check(body, sign(body, 's')), { status: 503, reason: 'secret', cause });
  });
});

describe('the versions of the signing secret', () => {
  it('are fetched before the first event, while the function initialises', async () => {
    const it = signingSecret();
    it.secret.prefetch();
    assert.equal(it.fetches, 1);
    await it.secret.check(body, sign(body, 's'));
    assert.equal(it.fetches, 1);
  });
});
