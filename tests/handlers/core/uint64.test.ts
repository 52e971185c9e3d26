import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import { uint64, uint64Schema } from '../../../handlers/core/uint64';

const schema = uint64Schema('must be a whole number');
const any = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const around = fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n });

describe('a whole number of 64 bits', () => {
  it('loses nothing on its way through JSON, and has one form', () => {
    fc.assert(
      fc.property(fc.oneof(any, around), (value) => {
        const given = uint64(String(value));
        assert.equal(typeof given, value < 2n ** 53n ? 'number' : 'string');
        assert.equal(BigInt(given), value);
        assert.equal(v.parse(schema, JSON.parse(JSON.stringify(given))), given);
      }),
    );
  });

  it('is refused in any other form', () => {
    const others = [
      '',
      '1',
      '9007199254740991',
      '09007199254740993',
      '9007199254740993.0',
      '-9007199254740993',
    ];
    const beyond = ['18446744073709551616', '99999999999999999999', 2 ** 53, -1, 1.5, null, undefined, {}];
    for (const other of [...others, ...beyond]) assert(!v.safeParse(schema, other).success, String(other));
  });
});
