import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { commentElement } from '../../../application/comment-element';
import { message as commentMessage } from '../../../application/message';
import { Refusal, StaleEvent } from '../../../handlers/core/errors';
import { eventParser, refuseStale, TOLERANCE_MS } from '../../../handlers/core/event';
import { parse, parseJson } from '../../../handlers/core/parse';
import { complaint } from './complaint';

const parseEvent = eventParser({ cache: 'comments', topic: 'comment' });
const NOW = 1_700_000_000_000;

const fields = {
  cache: 'comments',
  topic: 'comment',
  event_timestamp: NOW,
  publish_timestamp: NOW,
  topic_sequence_number: 7,
  token_id: 'taylor',
  text: '{"comment":"hello","courseId":123}',
};
const event = (changes: object = {}) => parseEvent(JSON.stringify({ ...fields, ...changes }));

describe('an event', () => {
  it('is refused by the name of the field that is missing or of the wrong type', () => {
    for (const name of Object.keys(fields)) {
      assert.equal(
        complaint(() => event({ [name]: undefined })),
        `${name} is missing`,
      );
      assert.match(
        complaint(() => event({ [name]: { evil: 'input' } })),
        new RegExp(`^${name} must `),
      );
    }
  });

  it('is refused for another cache or another topic', () => {
    assert.equal(
      complaint(() => event({ cache: 'other' })),
      'cache must be the cache of this webhook',
    );
    assert.equal(
      complaint(() => event({ topic: 'other' })),
      'topic must be the topic of this webhook',
    );
  });

  it('may have any cache and topic if none is expected, as in the redrive queue, but must name them', () => {
    const anywhere = eventParser();
    const { cache, topic } = anywhere(JSON.stringify({ ...fields, cache: 'other', topic: 'another' }));
    assert.deepEqual([cache, topic], ['other', 'another']);
    for (const name of ['cache', 'topic'])
      assert.equal(
        complaint(() => anywhere(JSON.stringify({ ...fields, [name]: 5 }))),
        `${name} must be a string`,
      );
  });

  it('is refused if it is no event at all, or its token id is not text', () => {
    for (const body of ['null', '5', '"x"', 'true'])
      assert.equal(
        complaint(() => parseEvent(body)),
        'body must be an object',
      );
    assert.equal(
      complaint(() => event({ token_id: '\ud800' })),
      'token_id must be well-formed Unicode',
    );
  });

  it('is refused without a token id, because it would have no author', () => {
    assert.match(
      complaint(() => event({ token_id: '' })),
      /^token_id must not be empty/,
    );
  });

  it('is refused when its numbers are no whole numbers from 0', () => {
    for (const wrong of [-1, 1.5, 2 ** 53, '1', null]) {
      for (const name of [
        'event_timestamp',
        'publish_timestamp',
        'topic_sequence_number',
        'topic_sequence_page',
      ])
        assert.match(
          complaint(() => event({ [name]: wrong })),
          new RegExp(`^${name} must be`),
        );
    }
  });

  it('is stale more than 60 seconds from now, either way, and not at 60 seconds', () => {
    for (const distance of [TOLERANCE_MS, -TOLERANCE_MS, 0]) refuseStale(event(), NOW + distance);
    for (const distance of [TOLERANCE_MS + 1, -TOLERANCE_MS - 1])
      assert.throws(() => refuseStale(event(), NOW + distance), StaleEvent);
  });

  it('parses or is Unprocessable, whatever the text: it never throws anything else', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(Object.fromEntries(Object.keys(fields).map((name) => [name, fc.jsonValue()])), {
          requiredKeys: [],
        })
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        try {
          parseEvent(text);
        } catch (error) {
          assert.ok(error instanceof Refusal && error.status < 500, String(error));
        }
      }),
    );
  });
});

describe("an event's identity", () => {
  it('is the same however often the event is published again', () => {
    assert.equal(event().id, event({ publish_timestamp: NOW + 5_000, unknown: 'field' }).id);
  });

  it('is the same in every release: an event that comes again after a deploy is the one that is stored', () => {
    assert.equal(event().id, 'vbafkPhgXBkc5tab17XfW1');
    assert.equal(event({ topic_sequence_page: 3 }).id, 'uBH1nNaHyR1i8DJogkqf5H');
  });

  it('is different for every other cache, topic, number, time, user and text', () => {
    const other = eventParser({ cache: 'other', topic: 'other' });
    const ids = [
      event(),
      event({ topic_sequence_number: 8 }),
      event({ event_timestamp: NOW + 1 }),
      event({ topic_sequence_page: NOW }),
      event({ topic_sequence_page: 0 }),
      event({ token_id: 'robin' }),
      event({ text: '{"comment":"hello!","courseId":123}' }),
      other(JSON.stringify({ ...fields, cache: 'other', topic: 'other' })),
    ].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[\w-]{22}$/);
  });

  it('does not depend on the time of receipt if the sequence page is known', () => {
    const page = { topic_sequence_page: 3 };
    assert.equal(event(page).id, event({ ...page, event_timestamp: NOW + 60_000 }).id);
  });

  it('is unchanged for a page that is a number, and different for each page that no number holds', () => {
    assert.equal(event({ topic_sequence_page: 3 }).id, 'uBH1nNaHyR1i8DJogkqf5H');
    const pages = ['9007199254740992', '9007199254740993', '18446744073709551615'];
    assert.equal(new Set(pages.map((page) => event({ topic_sequence_page: page }).id)).size, 3);
  });

  it('cannot be given by the event itself', () => {
    assert.notEqual(event({ id: 'chosen' }).id, 'chosen');
  });
});

describe('a message', () => {
  const read = (text: string) => parseJson(commentMessage.received, text, 'text');

  it('names the field that is wrong and what is allowed, and never the input', () => {
    assert.equal(
      complaint(() => read('{')),
      'text must be JSON',
    );
    assert.equal(
      complaint(() => read('"x"')),
      'text must be an object',
    );
    assert.equal(
      complaint(() => read('{"courseId":1}')),
      'text.comment is missing',
    );
    assert.equal(
      complaint(() => read('{"comment":"","courseId":1}')),
      'text.comment must be a string of at least 1 character',
    );
    for (const courseId of [
      '',
      ' ',
      '\u00a0\ufeff\u3000',
      'x'.repeat(257),
      'a\u0001',
      '\u007f',
      '\ud800',
      1.5,
      2 ** 53,
      null,
      true,
      {},
      [],
    ])
      assert.equal(
        complaint(() => read(JSON.stringify({ comment: 'evil', courseId }))),
        'text.courseId must be a safe integer, or a string of 1 to 256 characters that is not blank and has no control characters',
      );
  });

  it('ignores unknown fields, such as an identity that somebody forged', () => {
    const message = read('{"comment":"c","courseId":1,"userID":"robin","userId":"robin"}');
    assert.deepEqual(message, { comment: 'c', courseId: 1 });
  });

  it('becomes an element whose user is the token id and whose bytes are always the same', () => {
    const { id } = event();
    assert.deepEqual(commentElement(read('{"courseId":123,"comment":"hi"}'), event()), {
      set: '123',
      score: NOW,
      value: `{"userID":"taylor","comment":"hi","eventId":"${id}"}`,
    });
  });
});

describe('a publication', () => {
  it('names every field that is wrong', () => {
    assert.equal(
      complaint(() => parse(commentMessage.publication, {})),
      'userId is missing; comment is missing; courseId is missing',
    );
    for (const userId of ['', 'x'.repeat(65), 5, '\ud800'])
      assert.match(
        complaint(() => parse(commentMessage.publication, { userId, comment: 'c', courseId: 1 })),
        /^userId must be/,
      );
    for (const value of [null, 'x', 5, []])
      assert.ok(complaint(() => parse(commentMessage.publication, value)));
  });

  it('is at most 4096 bytes of UTF-8 as it travels', () => {
    const spare =
      4096 - Buffer.byteLength(commentMessage.textOf({ comment: '', courseId: 'é' }, randomUUID()));
    const of = (comment: string) =>
      parse(commentMessage.publication, { userId: 'u', comment, courseId: 'é' });
    assert.equal(Buffer.byteLength(commentMessage.textOf(of('x'.repeat(spare)), randomUUID())), 4096);
    assert.match(
      complaint(() => of('x'.repeat(spare + 1))),
      /^comment is too long/,
    );
    assert.match(
      complaint(() => of('é'.repeat(spare / 2 + 1))),
      /^comment is too long/,
    );
  });
});
