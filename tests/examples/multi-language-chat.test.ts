import assert from 'node:assert/strict';
import { CacheClient, Configurations } from '@gomomento/sdk';
import type { FaultKind, TopicMessage } from 'local-momento';
import lists from 'naughty-words';
import * as v from 'valibot';
import { identified, isOneIn } from '../../handlers/core/event';
import { type Stack, startStack } from '../../local/stack';
import { drain } from '../drain';
import { answeredAtLast, Sender } from '../sender';

const CACHE = 'course-comments-dev';
const SECRET = 'the-signing-secret';
const LANGUAGES = ['en', 'fr', 'ja'];
const config = {
  application: 'examples/multi-language-chat',
  languages: LANGUAGES.join(','),
  messagesPerLanguage: '5',
  messagesPerMinute: '3',
};

const itemShape = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[\w-]{22}$/)),
  userId: v.string(),
  at: v.number(),
  text: v.optional(v.string()),
  from: v.optional(v.string()),
  original: v.optional(v.string()),
  shortened: v.optional(v.literal(true)),
  withheld: v.optional(v.strictObject({ reason: v.picklist(['profanity', 'rate']) })),
  ref: v.optional(v.string()),
});

describe('the multi-language chat', () => {
  let stack: Stack;
  let sender: Sender;
  let sequence = 0;
  let asked: string[] = [];
  const published: TopicMessage[] = [];

  before(async () => {
    stack = await startStack({ config, secrets: { signingSecret: SECRET }, momento: { caches: [CACHE] } });
    stack.momento.on('published', (message) => published.push(message));
    sender = new Sender(String(stack.outputs.webhookUrl), 10);
    // The first instances take longer than an event may wait, on a busy machine.
    await sender.warm(3);
    const together = () =>
      Promise.all([1, 2, 3].map((nth) => sender.event(event({ text: `${nth}` }), SECRET)));
    await answeredAtLast(200, together);
  });
  beforeEach(async () => {
    fail();
    await drain(stack);
    for (const language of LANGUAGES) await stack.application.remove(language, stack.access);
    published.length = 0;
    asked = [];
  });
  after(async () => {
    sender?.close();
    await stack?.close();
  });

  /** Makes calls fail from now on, and notes what Translate is asked for. */
  const fail = (kind?: FaultKind, which = (_operation: string, _language: string, _topic: string) => false) =>
    stack.setFaults((operation, request) => {
      const { TargetLanguageCode: language = '', SourceLanguageCode, Text, topic = '' } = Object(request);
      if (operation === 'TranslateText') asked.push(`${SourceLanguageCode} ${language} ${Text}`);
      return kind && which(operation, language, topic) ? { kind } : undefined;
    });
  let users = 0;
  const event = (message: object, token_id = `user ${++users}`) => ({
    cache: CACHE,
    topic: 'chat-publish',
    event_timestamp: Date.now(),
    topic_sequence_number: ++sequence,
    token_id,
    text: JSON.stringify(message),
  });
  const send = async (sent: ReturnType<typeof event>) => (await sender.event(sent, SECRET)).status;
  const items = (language: string) =>
    published
      .filter(({ topic }) => topic === `chat-${language}`)
      .map(({ text }) => v.parse(itemShape, JSON.parse(String(text))));
  const putElement = async (set: string, value: string, score: number) => {
    const { credentialProvider } = stack.access;
    const configuration = Configurations.Laptop.latest();
    const client = new CacheClient({ credentialProvider, configuration, defaultTtlSeconds: 60 });
    await client.sortedSetPutElement(CACHE, set, value, score);
    client.close();
  };
  const history = (language: string) => stack.application.read(language, stack.access, 100);
  const texts = async (language: string) => (await history(language)).map(({ text }) => text);

  it('publishes a message on the topic of each language, in that language, under its sender’s id', async () => {
    const sent = event({ text: 'Hello, everybody!', ref: 'mine-1', userId: 'forged' }, 'robin');
    assert.equal(await send(sent), 200);
    assert.deepEqual([...new Set(published.map(({ tokenId }) => tokenId))], ['robin']);
    const [{ id } = { id: '' }] = items('en');
    const common = { id, userId: 'robin', at: sent.event_timestamp, from: 'en', ref: 'mine-1' };
    const original = 'Hello, everybody!';
    assert.deepEqual(items('en'), [{ ...common, text: original }]);
    assert.deepEqual(items('fr'), [{ ...common, text: `français: ${original}`, original }]);
    assert.deepEqual(items('ja'), [{ ...common, text: `日本語: ${original}`, original }]);
    assert.equal(published.length, LANGUAGES.length);
  });

  it('tells the language of a message, also of one that the chat does not have', async () => {
    await send(event({ text: 'Bonjour à tous, comment allez-vous ?' }));
    await send(event({ text: 'مرحبا بالجميع' }));
    assert.deepEqual(
      items('fr').map(({ from, text }) => [from, text]),
      [
        ['fr', 'Bonjour à tous, comment allez-vous ?'],
        ['ar', 'français: مرحبا بالجميع'],
      ],
    );
  });

  it('passes on as it is what has no language', async () => {
    await send(event({ text: '👋 123' }));
    for (const language of LANGUAGES) {
      assert.deepEqual(
        items(language).map(({ from, text, original }) => [from, text, original]),
        [['und', '👋 123', undefined]],
      );
    }
  });

  it('handles a message of the relay once, at its first time, whenever it is received again', async () => {
    const received = { ...event({ text: 'Hello from the relay' }), topic_sequence_page: 3 };
    const again = { ...received, event_timestamp: received.event_timestamp + 5 };
    for (const each of [received, again, received]) {
      assert.equal((await sender.event(each, SECRET)).status, 200);
    }
    assert.equal(published.length, LANGUAGES.length);
    for (const language of LANGUAGES) {
      const at = (await history(language)).map((item) => item.at?.getTime());
      assert.deepEqual(at, [received.event_timestamp], language);
    }
  });

  it('cuts the oldest messages of each language on one in ten, and keeps the newest five', async () => {
    const next = (text: string, isDue: boolean) => {
      for (;;) {
        const sent = event({ text });
        if (isOneIn(10, identified({ ...sent, publish_timestamp: 0 })) === isDue) return sent;
      }
    };
    const all = ['one', 'two', 'three', 'four', 'five', 'six'].map((nth) => `the ${nth}`);
    for (const text of all) assert.equal(await send(next(text, false)), 200);
    assert.deepEqual(await texts('en'), [...all].reverse());
    assert.equal(await send(next('the last', true)), 200);
    const newest = ['the last', ...all.slice(-4).reverse()];
    assert.deepEqual(await texts('en'), newest);
    assert.deepEqual(
      await texts('ja'),
      newest.map((text) => `日本語: ${text}`),
    );
  });

  it('handles an event that comes again, at the same moment or later, once', async () => {
    const again = event({ text: 'only once' });
    assert.deepEqual(await Promise.all([send(again), send(again), send(again)]), [200, 200, 200]);
    const before = published.length;
    assert.equal(await send(again), 200);
    assert.equal(published.length, before);
    for (const language of LANGUAGES) {
      assert.equal((await history(language)).length, 1);
      assert.equal(new Set(items(language).map(({ id }) => id)).size, 1);
    }
  });

  it('asks Translate for the same text once, whoever writes it', async () => {
    for (let times = 0; times < 3; times++) await send(event({ text: 'good morning' }));
    assert.deepEqual(asked.sort(), ['auto en good morning', 'en fr good morning', 'en ja good morning']);
    assert.equal(items('fr').length, 3);
  });

  for (const broken of LANGUAGES) {
    it(`delivers the other languages if ${broken} cannot be translated into, and that one from the queue`, async () => {
      fail('throttle', (operation, language) => operation === 'TranslateText' && language === broken);
      const written = broken === 'fr' ? 'what is not french' : `was ist das und wie ist es in ${broken}`;
      assert.equal(await send(event({ text: written })), 202);
      const others = LANGUAGES.filter((one) => one !== broken);
      for (const language of others) assert.equal(items(language).length, 1, language);
      assert.deepEqual(items(broken), []);
      fail();
      await drain(stack);
      for (const language of LANGUAGES) {
        assert.equal((await history(language)).length, 1, language);
        assert.equal(items(language).length, 1, `${language} is published once`);
      }
    });
  }

  for (const kind of ['refuse', 'apply-then-time-out', 'answer-then-drop'] as const) {
    it(`publishes again under the same id what may not have been published (${kind})`, async () => {
      fail(kind, (operation, _language, topic) => operation === 'Publish' && topic === 'chat-ja');
      await send(event({ text: `in doubt ${kind}` }));
      fail();
      await drain(stack);
      for (const language of LANGUAGES) {
        assert.equal((await history(language)).length, 1, language);
        assert.equal(new Set(items(language).map(({ id }) => id)).size, 1, language);
      }
      assert.equal(items('en').length, 1);
    });
  }

  it('puts a message once if the answer to the put was lost', async () => {
    fail('apply-then-time-out', (operation) => operation === 'SortedSetPut');
    assert.equal(await send(event({ text: 'hello again' })), 202);
    fail();
    await drain(stack);
    for (const language of LANGUAGES) assert.equal((await history(language)).length, 1);
  });

  it('adds no second wording of a message, even if Translate has another one by now', async () => {
    const sent = event({ text: 'the same in other words' });
    const { id } = identified({ ...sent, publish_timestamp: 0 });
    const value = JSON.stringify({
      id,
      userId: 'robin',
      at: sent.event_timestamp,
      text: 'autrement',
      from: 'en',
    });
    await putElement('chat-fr', value, sent.event_timestamp);
    assert.equal(await send(sent), 200);
    assert.deepEqual(await texts('fr'), ['autrement']);
    assert.deepEqual(items('fr'), []);
    assert.equal(items('ja').length, 1);
  });

  it('withholds what is offensive in its own language, and says why, without the text', async () => {
    const offensive = (language: string) =>
      String(lists[language]?.find((word) => /^\p{L}{5,}$/u.test(word)));
    const rows = {
      en: `hello, this is ${offensive('en').toUpperCase()}!`,
      fr: `bonjour, ${offensive('fr')} et merci`,
      ja: `これは${lists.ja?.find((word) => /^\p{Script=Hiragana}{3,}$/u.test(word))}です`,
    };
    for (const [language, text] of Object.entries(rows)) {
      published.length = 0;
      assert.equal(await send(event({ text, ref: 'mine' }, 'sam')), 200);
      for (const one of LANGUAGES) {
        assert.deepEqual(
          items(one).map(({ id: _id, at: _at, ...rest }) => rest),
          [{ userId: 'sam', withheld: { reason: 'profanity' }, ref: 'mine' }],
          language,
        );
        assert.deepEqual(await history(one), []);
      }
      assert.ok(published.every((message) => !message.text?.includes(text)));
    }
  });

  it('lets pass in one language what offends in another, and words that contain a listed one', async () => {
    const [english = ''] = (lists.en ?? []).filter((word) => /^\p{L}{4}$/u.test(word));
    await send(event({ text: `guten tag, das ist ${english}` }));
    await send(event({ text: `hello, this is x${english}x` }));
    assert.deepEqual(
      items('ja').map(({ withheld }) => withheld),
      [undefined, undefined],
    );
  });

  describe('with three messages a minute', () => {
    const at = Date.now();
    /** At one moment, however long the test takes. */
    const inAMinute = (text: string, user: string) => ({ ...event({ text }, user), event_timestamp: at });

    it('withholds a user’s next ones, and nobody else’s', async () => {
      const user = `busy ${sequence}`;
      for (const nth of [1, 2, 3, 4]) await send(inAMinute(`message ${nth}`, user));
      await send(inAMinute('message of another', `${user} friend`));
      assert.deepEqual(
        items('fr').map(({ withheld }) => withheld?.reason),
        [undefined, undefined, undefined, 'rate', undefined],
      );
      assert.equal((await history('fr')).length, 4);
      assert.ok(!asked.some((one) => one.includes('message 4')), 'it costs no translation');
    });

    it('counts an event that comes again once, and never withholds it after it was admitted', async () => {
      const user = `again ${sequence}`;
      const sent = [1, 2, 3].map((nth) => inAMinute(`repeated ${nth}`, user));
      fail('refuse', (operation, _language, topic) => operation === 'Publish' && topic === 'chat-fr');
      for (const one of sent) assert.equal(await send(one), 202);
      fail();
      for (const one of sent) assert.equal(await send(one), 200);
      await drain(stack);
      assert.deepEqual((await texts('fr')).length, 3);
      assert.ok(items('fr').every(({ withheld }) => withheld === undefined));
    });
  });

  it('answers 422 to a text that is empty or longer than 500 characters, and to a reference of another form', async () => {
    for (const [message, status] of [
      [{ text: 'x'.repeat(500) }, 200],
      [{ text: 'x'.repeat(501) }, 422],
      [{ text: ' \n' }, 422],
      [{ text: 'half \ud800' }, 422],
      [{ ref: 'no-text' }, 422],
      [{ text: 'a', ref: 'x'.repeat(64) }, 200],
      [{ text: 'a', ref: 'x'.repeat(65) }, 422],
      [{ text: 'a', ref: 'a space' }, 422],
      [{ text: 'a', ref: '' }, 422],
    ] as const) {
      assert.equal(await send(event(message)), status, JSON.stringify(message));
    }
  });

  it('refuses what is not signed, and what comes from the topic of a language', async () => {
    const own = event({ text: 'hello' });
    assert.equal((await sender.event(own, 'another secret')).status, 403);
    assert.equal(await send({ ...own, topic: 'chat-en' }), 422);
    assert.deepEqual(published, []);
  });
});
