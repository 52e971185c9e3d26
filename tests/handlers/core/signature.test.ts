import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSignature, SIGNATURE_HEADER, sign, verifySignature } from '../../../handlers/core/signature';

const secret = fc.string({ minLength: 1 });
const bytes = fc.uint8Array({ maxLength: 5_000 });

describe('the signature', () => {
  it("is the one of Momento's own example", () => {
    const body = Buffer.from('{"text":"some text", "another_field": "another field" }');
    const expected = 'b43f72787eb66410ff110295b036ef828e5686af21b414ce092f02c05deea3da';
    assert.equal(sign(body, '1234567890'), expected);
    assert.equal(verifySignature(body, expected, ['1234567890']), true);
  });

  it('is in the header that Momento names, in lower case as Function URLs give it', () => {
    assert.equal(SIGNATURE_HEADER, 'momento-signature');
  });

  it('is accepted over any bytes with any secret, in either case of its digits', () => {
    fc.assert(
      fc.property(bytes, secret, (body, key) => {
        const signature = sign(body, key);
        assert.equal(isSignature(signature), true);
        assert.equal(verifySignature(body, signature, [key]), true);
        assert.equal(verifySignature(body, signature.toUpperCase(), [key]), true);
      }),
    );
  });

  it('is refused if one bit of the body differs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), secret, fc.nat(), (body, key, at) => {
        const signature = sign(body, key);
        flipBit(body, at);
        assert.equal(verifySignature(body, signature, [key]), false);
      }),
    );
  });

  it('is refused if one of its bits differs', () => {
    fc.assert(
      fc.property(bytes, secret, fc.nat(), (body, key, at) => {
        const signature = Buffer.from(sign(body, key), 'hex');
        flipBit(signature, at);
        assert.equal(verifySignature(body, signature.toString('hex'), [key]), false);
      }),
    );
  });

  it('is accepted when made with any one of several secrets, and refused with none of them', () => {
    fc.assert(
      fc.property(bytes, fc.uniqueArray(secret, { minLength: 2 }), (body, [made, ...others]) => {
        assert.ok(made);
        const signature = sign(body, made);
        assert.equal(verifySignature(body, signature, [...others, made]), true);
        assert.equal(verifySignature(body, signature, [made, ...others]), true);
        assert.equal(verifySignature(body, signature, others), false);
        assert.equal(verifySignature(body, signature, []), false);
      }),
    );
  });

  it('is refused without throwing when it is malformed', () => {
    const valid = sign(Buffer.from('x'), 's');
    for (const signature of [
      '',
      'z'.repeat(64),
      valid.slice(1),
      `${valid}0`,
      ` ${valid}`,
      `${valid}\n`,
      'é'.repeat(64),
    ]) {
      assert.equal(isSignature(signature), false, signature);
      assert.equal(verifySignature(Buffer.from('x'), signature, ['s']), false, signature);
    }
    assert.equal(isSignature(undefined), false);
  });
});

function flipBit(bytes: Uint8Array, at: number): void {
  const index = at % (bytes.length * 8);
  bytes[index >> 3] = (bytes[index >> 3] ?? 0) ^ (1 << (index & 7));
}
