// The bounds of users' messages, field by field, with a test on each side of each bound.
import assert from 'node:assert/strict';
import { message } from '../../../application/message';
import { parse } from '../../../handlers/core/parse';
import { publishOnly } from '../../../handlers/core/user-token';

const UUID = '0b8ff2ed-6c0e-4b4f-8f0e-c9a1f2a3b4c5';
const refusal = (work: () => unknown, reason: string) =>
  assert.throws(work, { reason: 'malformed', status: 422, message: reason });

describe('the name of a course', () => {
  const courseId = (given: unknown) => parse(message.received, { comment: 'c', courseId: given }).courseId;

  it('is any safe integer, or any text of 1 to 256 characters, and is kept as it was given', () => {
    const longest = 'x'.repeat(256);
    for (const given of [0, -1, Number.MAX_SAFE_INTEGER, '0', ' a ', 'é', '\u{1f600}', longest])
      assert.equal(courseId(given), given);
  });
});

describe('a comment', () => {
  it('is a string of at least one character, with no limit of its own', () => {
    const comment = (given: unknown) => parse(message.received, { comment: given, courseId: 1 }).comment;
    for (const given of ['c', ' ', '\n', 'x'.repeat(4_096)]) assert.equal(comment(given), given);
    for (const given of ['', 5, null, ['c'], {}])
      refusal(() => comment(given), 'comment must be a string of at least 1 character');
  });
});

describe('the request id of a message', () => {
  const requestId = (given: unknown) =>
    parse(message.received, { comment: 'c', courseId: 1, requestId: given }).requestId;

  it('is a UUID in lower case, as in the logs', () => {
    assert.equal(requestId(UUID), UUID);
    assert.equal(requestId(UUID.toUpperCase()), UUID);
  });

  it('counts as absent if it is anything else, which might be input that no log may show', () => {
    for (const given of [undefined, null, 5, '', 'secret', `${UUID} `, `x${UUID}`])
      assert.equal(requestId(given), undefined);
  });
});

describe('the user of a token or a publication', () => {
  const users = [
    (userId: unknown) => parse(publishOnly.request, { userId }).userId,
    (userId: unknown) => parse(message.publication, { userId, comment: 'c', courseId: 1 }).userId,
  ];

  it('is a text of 1 to 64 characters, as Momento limits token ids', () => {
    for (const user of users) {
      for (const given of ['u', 'x'.repeat(64), 'é'.repeat(64)]) assert.equal(user(given), given);
      for (const given of ['', ' ', '\t\u00a0', 'x'.repeat(65), 5, null])
        refusal(() => user(given), 'userId must be a string of 1 to 64 characters that is not blank');
      refusal(() => user('\ud800'), 'userId must be well-formed Unicode');
      refusal(() => user(undefined), 'userId is missing');
    }
  });

  it('is expected in an object', () => {
    for (const schema of [publishOnly.request, message.publication])
      for (const given of [null, 'x', 5]) refusal(() => parse(schema, given), 'body must be an object');
  });
});

describe('a publication that is too long', () => {
  const TOO_LONG =
    'comment is too long: with courseId and a request id, as JSON, it must be at most 4096 bytes of UTF-8';
  const tooLong = 'x'.repeat(4_096);

  it('is reported by the name of its comment', () => {
    refusal(() => parse(message.publication, { userId: 'u', comment: tooLong, courseId: 1 }), TOO_LONG);
  });

  it('is reported together with what is wrong with its user', () => {
    refusal(
      () => parse(message.publication, { userId: 5, comment: tooLong, courseId: 1 }),
      `userId must be a string of 1 to 64 characters that is not blank; ${TOO_LONG}`,
    );
  });

  it('is reported by what is wrong with its fields instead, if they are invalid in themselves', () => {
    refusal(
      () => parse(message.publication, { userId: 'u', comment: [tooLong], courseId: 1 }),
      'comment must be a string of at least 1 character',
    );
    refusal(
      () => parse(message.publication, { userId: 'u', comment: 'c', courseId: tooLong }),
      'courseId must be a safe integer, or a string of 1 to 256 characters that is not blank and has no control characters',
    );
  });
});
