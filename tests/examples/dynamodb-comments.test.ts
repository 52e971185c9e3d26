import assert from 'node:assert/strict';
import { commentItem } from '../../examples/dynamodb-comments/item';
import { identified } from '../../handlers/core/event';
import { evaluateProgram, ProgramError } from '../../local/program';
import { type Stack, startStack } from '../../local/stack';
import { faultOperations } from '../../local/stack/fault-operations';
import { drain } from '../drain';
import { LEGACY_KEY, resource, resourcesOf, statements } from '../program/declared';
import { Sender } from '../sender';

const CACHE = 'course-comments-dev';
const SECRET = 'the-signing-secret';
const config = { application: 'examples/dynamodb-comments' };

describe('comments in DynamoDB', () => {
  let stack: Stack;
  let sender: Sender;
  let sequence = 0;

  before(async () => {
    stack = await startStack({ config, secrets: { signingSecret: SECRET }, momento: { caches: [CACHE] } });
    sender = new Sender(String(stack.outputs.webhookUrl), 10);
  });
  afterEach(() => stack.setFaults(undefined));
  after(async () => {
    sender?.close();
    await stack?.close();
  });

  const event = (courseId: string, comment: string, token_id = 'taylor') => ({
    cache: CACHE,
    topic: 'comment',
    event_timestamp: Date.now(),
    topic_sequence_number: ++sequence,
    token_id,
    text: JSON.stringify({ comment, courseId }),
  });
  const stored = async (course: string) =>
    (await stack.application.read(course, stack.access, 100)).map(({ userID, text }) => `${userID}: ${text}`);

  it('puts each comment under the id that its token carried, newest first', async () => {
    for (const comment of ['first', 'second']) {
      assert.equal((await sender.event(event('order', comment, `user of ${comment}`), SECRET)).status, 200);
    }
    assert.deepEqual(await stored('order'), ['user of second: second', 'user of first: first']);
  });

  it('stores an event that comes again once', async () => {
    const again = event('again', 'only once');
    const answers = await Promise.all([1, 2, 3].map(() => sender.event(again, SECRET)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(await stored('again'), ['taylor: only once']);
  });

  it('stores an event of the relay once, at its first time, whenever it is received again', async () => {
    const received = { ...event('relayed', 'only once'), topic_sequence_page: 3 };
    const again = { ...received, event_timestamp: received.event_timestamp + 5 };
    for (const each of [received, again, received]) {
      assert.equal((await sender.event(each, SECRET)).status, 200);
    }
    const all = await stack.application.read('relayed', stack.access, 100);
    assert.deepEqual(
      all.map(({ at }) => at?.getTime()),
      [received.event_timestamp],
    );
  });

  it('keeps what the table would not take in the queue, and stores it from there, once', async () => {
    stack.setFaults((operation) => (operation === 'PutItem' ? { kind: 'apply-then-time-out' } : undefined));
    assert.equal((await sender.event(event('later', 'late'), SECRET)).status, 202);
    stack.setFaults(undefined);
    await drain(stack);
    assert.deepEqual(await stored('later'), ['taylor: late']);
  });

  it('makes an item of nothing but the event, so that a repeated put changes nothing', () => {
    const fields = {
      ...event('a', 'b'),
      event_timestamp: 1_700_000_000_000,
      publish_timestamp: 1,
      topic_sequence_number: 7,
    };
    const one = identified(fields);
    const item = commentItem({ courseId: 5, comment: 'b' }, one, 2);
    assert.deepEqual(item, {
      course: { S: '5' },
      position: { S: `1700000000000 ${one.id}` },
      userID: { S: 'taylor' },
      comment: { S: 'b' },
      expiresAt: { N: String(1_700_000_000 + 2 * 86_400) },
    });
    const later = identified({ ...fields, publish_timestamp: 2 });
    assert.deepEqual(commentItem({ courseId: 5, comment: 'b' }, later, 2), item);
  });

  it('may put and update items of its own table, and nothing else', async () => {
    const declared = await evaluateProgram({ config, secrets: { momentoApiKey: LEGACY_KEY } });
    const table = resource(declared, 'aws:dynamodb/table:Table', 'comments');
    assert.deepEqual(table.inputs.ttl, { attributeName: 'expiresAt', enabled: true });
    for (const name of ['webhook', 'redrive', 'publisher', 'tokens']) {
      const { inputs } = resource(declared, 'aws:iam/rolePolicy:RolePolicy', name);
      const ofTable = statements(inputs.policy).filter(({ Action }) => String(Action).includes('dynamodb'));
      const actions = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];
      const may = { Effect: 'Allow', Action: actions, Resource: table.state.arn };
      assert.deepEqual(ofTable, ['webhook', 'redrive'].includes(name) ? [may] : [], name);
    }
    assert.equal(resourcesOf(declared, 'aws:dynamodb/table:Table').length, 1);
    assert.deepEqual(declared.outputs.applicationOutputs, { commentsTable: table.state.name });
  });

  it('can be told to fail by name, as the operations of Momento and AWS', async () => {
    const operations = await faultOperations(stack.application);
    assert(operations.includes('PutItem') && operations.includes('SortedSetPut'));
  });

  it('has settings of its own, and none of another application’s', async () => {
    const wrong = { ...config, commentTtlDays: '0', commentsPerCourse: '5' };
    const refused = evaluateProgram({ config: wrong, secrets: { momentoApiKey: LEGACY_KEY } });
    await assert.rejects(refused, (error: ProgramError) => {
      assert.equal(error.registered, 0);
      assert.match(error.message, /commentTtlDays is "0", allowed: a whole number from 1 to 3650/);
      assert.match(error.message, /commentsPerCourse is not a setting of this program/);
      return error instanceof ProgramError;
    });
  });
});
