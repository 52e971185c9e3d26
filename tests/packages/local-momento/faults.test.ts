import assert from 'node:assert/strict';
import {
  CancelledError,
  LimitExceededError,
  PermissionError,
  ServerUnavailableError,
  SortedSetOrder,
  TimeoutError,
} from '@gomomento/sdk';
import { status } from '@grpc/grpc-js';
import {
  type Fault,
  type FaultKind,
  firstOf,
  InvalidFault,
  type MomentoEvents,
  parseFault,
} from 'local-momento';
import { Inbox } from './inbox';
import { type Clients, got, refused, type Stand, stand } from './sdk';
import { endSubscriptions, RawSubscriber, subscribe } from './subscriptions';

describe('faults by name', () => {
  const fault = (flag: string, operation: string): Fault | undefined => parseFault(flag)(operation, {});

  it('apply to the operation they name, or to every one', () => {
    assert.deepEqual(fault('SortedSetPut=refuse', 'SortedSetPut'), { kind: 'refuse' });
    assert.equal(fault('SortedSetPut=refuse', 'Get'), undefined);
    assert.deepEqual(fault('*=throttle', 'Get'), { kind: 'throttle' });
  });

  it('take milliseconds if the kind has them', () => {
    assert.deepEqual(fault('SendMessage=delay:500', 'SendMessage'), { kind: 'delay', ms: 500 });
    assert.deepEqual(fault('Get=apply-late:3000', 'Get'), { kind: 'apply-late', ms: 3_000 });
  });

  it('take a status and a number of messages if the kind has them', () => {
    assert.deepEqual(fault('Get=refuse:not-found', 'Get'), { kind: 'refuse', status: 'not-found' });
    assert.deepEqual(fault('Subscribe=end-stream:3:cancelled', 'Subscribe'), {
      kind: 'end-stream',
      messages: 3,
      status: 'cancelled',
    });
  });

  it('apply to the given share of the calls', () => {
    const draws = [0.19, 0.2, 0.05, 0.99];
    const plan = parseFault('Publish=delay:10:0.2', { random: () => draws.shift() ?? 1 });
    const hit = [0, 1, 2, 3].map(() => plan('Publish', {}) !== undefined);
    assert.deepEqual(hit, [true, false, true, false]);
  });

  it('are refused if they are wrong, with what is allowed', () => {
    const mistakes: [flag: string, says: RegExp][] = [
      ['Get', /OPERATION=KIND/],
      ['Get=', /OPERATION=KIND/],
      ['Get=explode', /no kind explode; there are refuse, delay/],
      ['Get=throttle:500', /"500" is not a share/],
      ['Get=refuse:gone', /"gone" is not a status such as not-found or a share/],
      ['Subscribe=end-stream:0', /"0" is not a status .* or a number of messages or a share/],
      ['Get=delay:soon', /"soon" is not whole milliseconds or a share/],
      ['Get=throttle:1.5', /not a share/],
      ['Get=wrong-page', /only with Subscribe/],
      ['*=end-stream:3', /only with Subscribe/],
      ['Geet=refuse', /no operation Geet; there are Get, Set/],
    ];
    for (const [flag, says] of mistakes) {
      assert.throws(
        () => parseFault(flag, { operations: ['Get', 'Set', 'Subscribe'] }),
        (error) => error instanceof InvalidFault && says.test(error.message) && error.message.includes(flag),
        flag,
      );
    }
  });

  it('of several plans come from the first that has one', () => {
    const plan = firstOf([parseFault('Get=refuse'), parseFault('*=throttle')]);
    assert.deepEqual([plan('Get', {})?.kind, plan('Set', {})?.kind], ['refuse', 'throttle']);
  });
});

describe('the local Momento: faults', () => {
  let s: Stand;
  /** Clients that wait only 250 ms for a call that is never answered. */
  let hasty: Clients;
  let calls: Inbox<MomentoEvents['call'][0]>;
  before(async () => {
    s = await stand();
    hasty = s.as(undefined, 250);
    await hasty.cache.listLength('cache', 'list'); // connects, which 250 ms may not leave time for
    s.momento.on('call', (call) => calls.put(call));
  });
  beforeEach(async () => {
    s.momento.setFaults(undefined);
    calls = new Inbox();
    await s.cache.flushCache('cache');
    await calls.next();
  });
  afterEach(endSubscriptions);
  after(() => s.close());

  /** This fault for the first call of an operation, and none later. */
  const once = (operation: string, kind: FaultKind, ms?: number): void => {
    let isDone = false;
    s.momento.setFaults((name) => {
      if (isDone || name !== operation) return undefined;
      isDone = true;
      return { kind, ms };
    });
  };
  const always = (flag: string): void => s.momento.setFaults(parseFault(flag));
  const push = (clients = s) => clients.cache.listPushBack('cache', 'list', 'a');
  const stored = async (): Promise<number> => {
    s.momento.setFaults(undefined);
    const length = await s.cache.listLength('cache', 'list');
    return length.type === 'Hit' ? length.length() : 0;
  };

  it('get the operation’s name and its decoded request', async () => {
    const asked: [string, unknown][] = [];
    s.momento.setFaults((operation, request) => {
      asked.push([operation, request]);
      return undefined;
    });
    await s.cache.sortedSetPutElement('cache', 'set', 'value', 3);
    const [[operation, request] = []] = asked;
    assert.equal(operation, 'SortedSetPut');
    assert.ok(typeof request === 'object' && request !== null && 'elements' in request);
    assert.equal(asked.length, 1);
  });

  it('refuse: UNAVAILABLE and nothing applied; a call that may be repeated succeeds after it', async () => {
    always('ListPushBack=refuse');
    refused(await push(), ServerUnavailableError);
    assert.equal(await stored(), 0);
    once('SortedSetPut', 'refuse');
    got(await s.cache.sortedSetPutElement('cache', 'set', 'a', 1), 'Success');
  });

  it('refuse: also operations on collections, and batches, which answer in a stream', async () => {
    always('DictionarySet=refuse');
    refused(await s.cache.dictionarySetField('cache', 'dictionary', 'a', 'A'), ServerUnavailableError);
    got(await s.cache.dictionaryFetch('cache', 'dictionary'), 'Miss');
    always('SetBatch=refuse');
    refused(await s.cache.setBatch('cache', { a: 'A' }), ServerUnavailableError);
    once('GetBatch', 'delay', 20);
    assert.deepEqual(got(await s.cache.getBatch('cache', ['a']), 'Success').values(), {});
  });

  it('apply-then-time-out: of a batch too', async () => {
    always('SetBatch=apply-then-time-out');
    const abortSignal = AbortSignal.timeout(250); // the SDK gives batches no deadline
    refused(await s.cache.setBatch('cache', { a: 'A' }, { abortSignal }), CancelledError);
    s.momento.setFaults(undefined);
    got(await s.cache.get('cache', 'a'), 'Hit');
  });

  it('throttle: a limit that is exceeded, with its cause, and nothing applied', async () => {
    always('ListPushBack=throttle');
    assert.match(refused(await push(), LimitExceededError), /RESOURCE_EXHAUSTED/);
    assert.match(String(await push()), /Request rate limit exceeded/);
    assert.equal(await stored(), 0);
  });

  it('delay: applied and answered, later', async () => {
    always('ListPushBack=delay:120');
    const started = performance.now();
    got(await push(), 'Success');
    assert.ok(performance.now() - started >= 119);
    assert.equal(await stored(), 1);
  });

  it('apply-then-time-out: the caller never hears of what was applied', async () => {
    always('ListPushBack=apply-then-time-out');
    refused(await hasty.cache.listPushBack('cache', 'list', 'a'), TimeoutError);
    assert.equal(await stored(), 1);
  });

  it('apply-then-stall: the caller waits for the rest of an answer to what was applied', async () => {
    always('ListPushBack=apply-then-stall');
    refused(await hasty.cache.listPushBack('cache', 'list', 'a'), TimeoutError);
    assert.equal(await stored(), 1);
  });

  it('apply-late: not applied yet when the caller gives up', async () => {
    always('ListPushBack=apply-late:60000'); // ends with the server
    refused(await hasty.cache.listPushBack('cache', 'list', 'a'), TimeoutError);
    assert.equal(await stored(), 0);
  });

  it('apply-late: applied although nobody waits any more', async () => {
    always('ListPushBack=apply-late:350');
    refused(await hasty.cache.listPushBack('cache', 'list', 'a'), TimeoutError);
    let call = await calls.next();
    while (call.operation !== 'ListPushBack') call = await calls.next();
    assert.equal(await stored(), 1);
  });

  it('answer-then-drop: answered, then the connection breaks with all that it carries', async () => {
    const subscriber = new RawSubscriber(s.momento.port, 'topic', 1);
    await subscriber.publish('topic', 'a');
    assert.equal(await subscriber.received.next(), '1 a');
    once('Publish', 'answer-then-drop');
    await subscriber.publish('topic', 'b');
    assert.equal(await subscriber.received.next(), '2 b');
    assert.equal((await subscriber.errors.next()).code, status.UNAVAILABLE);
    await subscriber.publish('topic', 'c');
  });

  it('answer-then-drop: other callers keep their connection', async () => {
    const { lost, items } = await subscribe(s.as().topics, 'other callers');
    once('Set', 'answer-then-drop');
    got(await s.cache.set('cache', 'key', 'value'), 'Success');
    got(await s.topics.publish('cache', 'other callers', 'a'), 'Success');
    assert.equal((await items.next()).valueString(), 'a');
    assert.equal(lost.size, 0);
  });

  it('restart: nothing applied, every connection dropped, sequences begin again, caches stay', async () => {
    await s.cache.set('cache', 'key', 'value');
    const { items, lost, discontinuities } = await subscribe(s.as().topics, 'restarted');
    got(await s.topics.publish('cache', 'restarted', 'a'), 'Success');
    await items.next();
    once('ListPushBack', 'restart');
    refused(await push(), ServerUnavailableError);
    await lost.next();
    assert.equal(await stored(), 0);
    got(await s.cache.get('cache', 'key'), 'Hit');
    assert.equal((await discontinuities.next()).next, 0);
    got(await s.topics.publish('cache', 'restarted', 'b'), 'Success');
    assert.equal((await items.next()).sequenceNumber(), 1);
  });

  it('wrong-page: a subscription gets a new sequence page', async () => {
    s.momento.setFaults(parseFault('Subscribe=wrong-page'));
    const { discontinuities, items } = await subscribe(s.topics, 'turned');
    const { next, page } = await discontinuities.next();
    assert.equal(next, 0);
    assert.ok(page > 0);
    got(await s.topics.publish('cache', 'turned', 'a'), 'Success');
    assert.equal((await items.next()).sequenceNumber(), 1);
  });

  it('refuse with a status: the error that the SDK has for it', async () => {
    always('ListPushBack=refuse:permission-denied');
    refused(await push(), PermissionError);
    assert.equal(await stored(), 0);
  });

  it('end-stream: a subscription ends after some messages, and the SDK resumes where it was', async () => {
    const subscribed = new Inbox<unknown>();
    s.momento.on('subscribed', subscribed.put);
    once('Subscribe', 'end-stream'); // its one message is the first heartbeat
    const { items, lost } = await subscribe(s.topics, 'ended');
    await lost.next();
    await subscribed.take(2);
    s.momento.off('subscribed', subscribed.put);
    got(await s.topics.publish('cache', 'ended', 'a'), 'Success');
    assert.equal((await items.next()).valueString(), 'a');
  });

  it('apply to subscriptions as well: refused, throttled and silent ones', async () => {
    always('Subscribe=refuse');
    refused(await s.topics.subscribe('cache', 'topic', {}), ServerUnavailableError);
    always('Subscribe=throttle');
    refused(await s.topics.subscribe('cache', 'topic', {}), LimitExceededError);
    always('Subscribe=delay:50');
    await subscribe(s.topics, 'topic');
  });

  it('apply to tokens and caches as well', async () => {
    always('ListCaches=throttle');
    refused(await s.cache.listCaches(), LimitExceededError);
    always('*=throttle');
    refused(
      await s.cache.sortedSetFetchByRank('cache', 'set', { order: SortedSetOrder.Descending }),
      LimitExceededError,
    );
  });
});
