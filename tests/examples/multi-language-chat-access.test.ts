// What the multi-language chat lets users and functions do, and the form of what it publishes.
import assert from 'node:assert/strict';
import {
  CacheClient,
  Configurations,
  MomentoErrorCode,
  TopicClient,
  TopicConfigurations,
  TopicSubscribe,
} from '@gomomento/sdk';
import * as fc from 'fast-check';
import { chatItem, withheldItem } from '../../examples/multi-language-chat/item';
import { tokenCredentials } from '../../handlers/adapters/momento-credentials';
import { identified } from '../../handlers/core/event';
import { MAX_MESSAGE_BYTES } from '../../handlers/core/message';
import { signedPost } from '../../local/commands/signed-fetch';
import { evaluateProgram } from '../../local/program';
import { type Stack, startStack } from '../../local/stack';
import { faultOperations } from '../../local/stack/fault-operations';
import { LEGACY_KEY, resource, resourcesOf, statements } from '../program/declared';
import { mistakes } from '../program/loaded-config';

const CACHE = 'course-comments-dev';
const config = { application: 'examples/multi-language-chat', languages: 'en, fr' };

describe('a token of the multi-language chat', () => {
  let stack: Stack;

  before(async () => {
    stack = await startStack({ config });
  });
  after(() => stack?.close());

  const ask = async (request: object) => {
    const { credentials, region, outputs } = stack;
    const body = JSON.stringify(request);
    const response = await signedPost(String(outputs.tokensUrl), { credentials, region, body });
    return { status: response.status, body: Object(await response.json()) };
  };

  it('comes with all that a client needs to know', async () => {
    const { status, body } = await ask({ userId: 'taylor', language: 'fr' });
    const { authToken, endpoint, expiresAt, ...rest } = body;
    assert.equal(status, 200);
    assert.deepEqual([typeof authToken, typeof endpoint, typeof expiresAt], ['string', 'string', 'number']);
    assert.deepEqual(rest, {
      cacheName: CACHE,
      topicName: 'chat-publish',
      userId: 'taylor',
      languages: ['en', 'fr'],
      language: 'fr',
      subscribeTopic: 'chat-fr',
      history: 'chat-fr',
    });
  });

  it('is vended for a language of the chat, the first if none is named, and no other', async () => {
    assert.equal((await ask({ userId: 'taylor' })).body.language, 'en');
    for (const [language, message] of [
      ['de', 'language must be one of: en, fr'],
      [['fr'], 'language must be one of: en, fr'],
    ]) {
      assert.deepEqual(await ask({ userId: 'taylor', language }), { status: 422, body: { message } });
    }
  });

  it('writes to the chat, hears and reads its own language, and does nothing else', async () => {
    const { body } = await ask({ userId: 'taylor', language: 'fr' });
    const local = `127.0.0.1:${stack.momento.port}`;
    const credentialProvider = tokenCredentials(body.authToken, { local });
    const topics = new TopicClient({
      credentialProvider,
      configuration: TopicConfigurations.Default.latest(),
    });
    const cache = new CacheClient({
      credentialProvider,
      configuration: Configurations.Laptop.latest(),
      defaultTtlSeconds: 60,
    });
    const listen = { onItem() {}, onError() {} };
    const own = await topics.subscribe(CACHE, 'chat-fr', listen);
    const answers = {
      'publishes a message': await topics.publish(CACHE, 'chat-publish', '{"text":"bonjour"}'),
      'hears its language': own,
      'reads its history': await cache.sortedSetFetchByRank(CACHE, 'chat-fr'),
      'publishes on the topic of its language': await topics.publish(CACHE, 'chat-fr', 'forged'),
      'hears what others write': await topics.subscribe(CACHE, 'chat-publish', listen),
      'hears another language': await topics.subscribe(CACHE, 'chat-en', listen),
      'reads another history': await cache.sortedSetFetchByRank(CACHE, 'chat-en'),
      'reads the count of its messages': await cache.get(CACHE, '\u0001chat rate 1 taylor'),
      'writes its history': await cache.sortedSetPutElement(CACHE, 'chat-fr', 'forged', 1),
      'empties its history': await cache.delete(CACHE, 'chat-fr'),
      'reads another cache': await cache.sortedSetFetchByRank('another', 'chat-fr'),
    };
    if (own instanceof TopicSubscribe.Subscription) own.unsubscribe();
    cache.close();
    const done = Object.entries(answers)
      .filter(
        ([, answer]) => !('errorCode' in answer && answer.errorCode() === MomentoErrorCode.PERMISSION_ERROR),
      )
      .map(([what]) => what);
    assert.deepEqual(done, ['publishes a message', 'hears its language', 'reads its history']);
  });
});

describe('the program of the multi-language chat', () => {
  const secrets = { momentoApiKey: LEGACY_KEY };

  it('lets the functions that handle events translate, and adds nothing to the others and no resource', async () => {
    const declared = await evaluateProgram({ config, secrets });
    const may = {
      Effect: 'Allow',
      Action: ['translate:TranslateText', 'comprehend:DetectDominantLanguage'],
      Resource: '*',
    };
    const plain = await evaluateProgram({ secrets });
    const typesOf = ({ resources }: typeof declared) => resources.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(typesOf(declared), typesOf(plain));
    for (const { name, inputs } of resourcesOf(declared, 'aws:iam/rolePolicy:RolePolicy')) {
      const before = statements(resource(plain, 'aws:iam/rolePolicy:RolePolicy', name).inputs.policy);
      const added = ['webhook', 'redrive'].includes(name) ? [may] : [];
      assert.deepEqual(statements(inputs.policy).length, before.length + added.length, name);
      assert.deepEqual(statements(inputs.policy).slice(before.length), added, name);
    }
    assert.deepEqual(declared.outputs.applicationOutputs, { languages: 'en,fr' });
  });

  it('tells each function the topic, and those that need them the languages and limits', async () => {
    const declared = await evaluateProgram({ config, secrets });
    const told = resourcesOf(declared, 'aws:lambda/function:Function').map(({ name, inputs }) => {
      const { TOPIC_NAME, LANGUAGES, MESSAGES_PER_LANGUAGE, MESSAGES_PER_MINUTE } = Object(
        inputs.environment,
      ).variables;
      return [name, [TOPIC_NAME, LANGUAGES, MESSAGES_PER_LANGUAGE, MESSAGES_PER_MINUTE]];
    });
    assert.deepEqual(Object.fromEntries(told), {
      webhook: ['chat-publish', 'en,fr', '100', '20'],
      redrive: ['chat-publish', 'en,fr', '100', '20'],
      publisher: ['chat-publish', undefined, undefined, undefined],
      tokens: ['chat-publish', 'en,fr', undefined, undefined],
    });
  });

  it('takes another topic if it is set, but none to which it publishes itself', async () => {
    const other = await evaluateProgram({ config: { ...config, topicName: 'chat-de' }, secrets });
    const { inputs } = resource(other, 'aws:lambda/function:Function', 'webhook');
    assert.equal(Object(inputs.environment).variables.TOPIC_NAME, 'chat-de');
    assert.deepEqual(await mistakes({ ...config, topicName: 'chat-fr' }), [
      'momento-webhooks:topicName is "chat-fr", to which the webhook itself publishes; allowed: any but chat-en, chat-fr',
    ]);
  });

  it('names what is wrong with its settings', async () => {
    const codes = "1 to 20 different codes of Amazon Translate's languages, such as en,es,zh-TW";
    for (const languages of ['en,xx', 'en,en', 'EN', 'en,', Array(21).fill('en').join()]) {
      assert.deepEqual(await mistakes({ ...config, languages }), [
        `momento-webhooks:languages is "${languages}", allowed: ${codes}`,
      ]);
    }
    assert.deepEqual(await mistakes({ ...config, messagesPerMinute: '0', messagesPerLanguage: 'all' }), [
      'momento-webhooks:messagesPerLanguage is "all", allowed: a whole number from 1 to 10000',
      'momento-webhooks:messagesPerMinute is "0", allowed: a whole number from 1 to 1000',
    ]);
  });

  it('can be told to fail by the name of Translate’s operation', async () => {
    const stack = await startStack({ config });
    const operations = await faultOperations(stack.application);
    await stack.close();
    assert(operations.includes('TranslateText'));
  });
});

describe('an item of the multi-language chat', () => {
  const event = (token_id: string) =>
    identified({
      cache: CACHE,
      topic: 'chat-publish',
      event_timestamp: 1_800_000_000_000,
      publish_timestamp: 1,
      topic_sequence_number: 1,
      token_id,
      text: '',
    });
  const longest = { text: 'x'.repeat(500), ref: 'r'.repeat(64), requestId: undefined };

  it('always fits Momento’s limit, with the longest name and reference, however long the translation', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 500 }).filter((text) => text.isWellFormed());
    const id = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 64 })
      .filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(
        anyText,
        id,
        fc.constantFrom('x', '\u0001', 'हि', '👋🏽'),
        fc.nat(3_000),
        (text, user, unit, times) => {
          const written = { ...longest, text: text.slice(0, 500).toWellFormed() };
          const item = chatItem(event(user.slice(0, 64).toWellFormed()), written, {
            text: unit.repeat(times),
            from: 'en',
          });
          assert.ok(Buffer.byteLength(item) <= MAX_MESSAGE_BYTES);
          assert.ok(JSON.parse(item).text.isWellFormed());
        },
      ),
      { numRuns: 100 },
    );
  });

  it('holds what was written whole, whatever its characters', () => {
    for (const unit of ['x', '\u0001', 'हि', '\u2028', '👋']) {
      const text = unit.repeat(500 / unit.length);
      const { shortened, ...item } = JSON.parse(
        chatItem(event('\u0001'.repeat(64)), { ...longest, text }, { text, from: 'en' }),
      );
      assert.deepEqual([item.text, shortened], [text, undefined]);
    }
  });

  it('leaves the original out before it shortens a translation, and says that it shortened it', () => {
    const said = (length: number) => {
      const item = JSON.parse(chatItem(event('taylor'), longest, { text: 'हि'.repeat(length), from: 'en' }));
      return { original: item.original !== undefined, shortened: item.shortened, end: item.text.at(-1) };
    };
    assert.deepEqual(said(500), { original: true, shortened: undefined, end: '\u093f' });
    assert.deepEqual(said(600), { original: false, shortened: undefined, end: '\u093f' });
    assert.deepEqual(said(700), { original: false, shortened: true, end: '…' });
  });

  it('that is withheld does not hold the text', () => {
    assert.deepEqual(JSON.parse(withheldItem(event('taylor'), longest, 'rate')), {
      id: event('taylor').id,
      userId: 'taylor',
      at: 1_800_000_000_000,
      withheld: { reason: 'rate' },
      ref: longest.ref,
    });
  });
});
