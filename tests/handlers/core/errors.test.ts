import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AccessDenied,
  BadGateway,
  BodyTooLarge,
  MethodNotAllowed,
  reasonOf,
  StaleEvent,
  Unavailable,
  Unprocessable,
} from '../../../handlers/core/errors';

describe('the reason of a failure, as it is logged and counted', () => {
  it('is one of a fixed few, which alarms and queries name', () => {
    for (const [error, reason] of [
      [new MethodNotAllowed(), 'method'],
      [new BodyTooLarge(64), 'size'],
      [new AccessDenied('unsigned'), 'unsigned'],
      [new AccessDenied('signature'), 'signature'],
      [new StaleEvent(), 'stale'],
      [new Unprocessable('text is missing'), 'malformed'],
      [new BadGateway(), 'refused'],
      [new Unavailable('secret'), 'secret'],
      [new Unavailable('store'), 'store'],
      [new Unavailable('momento'), 'momento'],
      [new Unavailable('unexpected'), 'unexpected'],
    ] as const) {
      assert.equal(error.reason, reason);
      assert.equal(reasonOf(error), reason);
    }
  });

  it('names its cause', () => {
    assert.equal(reasonOf(new BadGateway('LIMIT_EXCEEDED')), 'refused: LIMIT_EXCEEDED');
    assert.equal(reasonOf(new Unavailable('store', new RangeError('x'))), 'store: RangeError');
    assert.equal(reasonOf(new Unavailable('momento', { code: 14 })), 'momento: object');
    assert.equal(reasonOf(new Unavailable('secret', null)), 'secret: object');
  });

  it('is the name of a foreign error, and the type of a value that is no error', () => {
    assert.equal(reasonOf(new TypeError('x')), 'TypeError');
    assert.equal(reasonOf('CANCELLED'), 'CANCELLED');
    assert.equal(reasonOf(undefined), 'undefined');
    assert.equal(reasonOf({ message: 'x' }), 'object');
  });

  it('never holds the message of an error, which may show input or a key', () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        const cause = new SyntaxError(`secret-${message}`);
        for (const error of [cause, new BadGateway(cause), new Unavailable('unexpected', cause)])
          assert(!reasonOf(error).includes('secret-'));
        assert.equal(reasonOf(new Unprocessable(`secret-${message}`)), 'malformed');
      }),
    );
  });
});
