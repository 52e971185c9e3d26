import assert from 'node:assert/strict';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SQSServiceException,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { AwsEndpoint, type Identity } from '../../../local/aws/endpoint';
import { parsePolicy } from '../../../local/aws/iam';
import { Sqs } from '../../../local/aws/sqs';
import type { DeclaredQueue } from '../../../local/aws/sqs/declared-queues';

const ARN = 'arn:aws:sqs:us-east-1:123456789012:';
const HOUR = 3_600_000;

describe('the local SQS', () => {
  let endpoint: AwsEndpoint;
  let sqs: Sqs;
  let client: SQSClient;
  let queueUrl: string;
  let deadLetterUrl: string;

  const identity = (...allowed: string[]): Identity => ({
    accessKeyId: 'AKIATEST',
    secretAccessKey: 'secret',
    arn: 'arn:aws:iam::123456789012:user/test',
    statements: parsePolicy({ Statement: { Effect: 'Allow', Action: allowed, Resource: `${ARN}*` } }, 'test'),
  });
  let who = identity('sqs:*');

  const declared = (name: string, settings: Partial<DeclaredQueue> = {}): DeclaredQueue => ({
    arn: ARN + name,
    name,
    url: `${endpoint.url}/123456789012/${name}`,
    visibilityMs: 30_000,
    delayMs: 0,
    retentionMs: 14 * 24 * HOUR,
    ...settings,
  });
  const giveUpAfterTwo = { giveUp: { deadLetterArn: `${ARN}dead`, maxReceives: 2 } };

  beforeEach(async () => {
    who = identity('sqs:*');
    sqs = new Sqs();
    endpoint = await AwsEndpoint.start({ services: [sqs.service], findIdentity: () => who, now: Date.now });
    queueUrl = `${endpoint.url}/123456789012/work`;
    deadLetterUrl = `${endpoint.url}/123456789012/dead`;
    sqs.declare([declared('work', giveUpAfterTwo), declared('dead')]);
    client = new SQSClient({
      region: 'us-east-1',
      endpoint: endpoint.url,
      credentials: { accessKeyId: who.accessKeyId, secretAccessKey: who.secretAccessKey },
      maxAttempts: 1,
    });
  });

  afterEach(async () => {
    client.destroy();
    await endpoint.close();
  });

  const send = (MessageBody: string, DelaySeconds?: number) =>
    client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds }));
  const receive = async (QueueUrl = queueUrl) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [];
  const bodies = async (QueueUrl?: string) => (await receive(QueueUrl)).map(({ Body }) => Body);

  it('hides a received message until its visibility time-out ends, and then delivers it again', async () => {
    await send('one');
    assert.deepEqual(await bodies(), ['one']);
    assert.deepEqual(await bodies(), []);
    sqs.hurry(30_001);
    const [again] = await receive();
    assert.equal(again?.Body, 'one');
    assert.equal(again?.Attributes?.ApproximateReceiveCount, '2');
  });

  it('holds a delayed message back, and never returns a deleted one', async () => {
    await send('later', 60);
    assert.deepEqual(await bodies(), []);
    sqs.hurry(60_001);
    const [message] = await receive();
    await client.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message?.ReceiptHandle }),
    );
    sqs.hurry(HOUR);
    assert.deepEqual(await bodies(), []);
  });

  it('delivers a message once per call, even if it stays visible', async () => {
    await send('looked at');
    const look = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    const { Messages } = await client.send(new ReceiveMessageCommand(look));
    assert.deepEqual(
      Messages?.map(({ Body, Attributes }) => [Body, Attributes?.ApproximateReceiveCount]),
      [['looked at', '1']],
    );
    assert.equal((await receive())[0]?.Attributes?.ApproximateReceiveCount, '2');
  });

  it('delivers a message again when its receiver asks for it', async () => {
    await send('one');
    const [message] = await receive();
    const postpone = { QueueUrl: queueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 900 };
    await client.send(new ChangeMessageVisibilityCommand(postpone));
    sqs.hurry(899_000);
    assert.deepEqual(await bodies(), []);
    sqs.hurry(1_001);
    assert.deepEqual(await bodies(), ['one']);
  });

  it('moves a given-up message to the dead-letter queue, from which a move task brings it back', async () => {
    await send('poison');
    for (let tries = 0; tries < 2; tries++) {
      assert.deepEqual(await bodies(), ['poison']);
      sqs.hurry(30_001);
    }
    assert.deepEqual(await bodies(), []);
    assert.deepEqual(await bodies(deadLetterUrl), ['poison']);
    await client.send(new StartMessageMoveTaskCommand({ SourceArn: `${ARN}dead` }));
    assert.deepEqual(await bodies(), ['poison']);
    const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: `${ARN}dead` }));
    assert.deepEqual(
      Results?.map(({ Status, ApproximateNumberOfMessagesMoved }) => [
        Status,
        ApproximateNumberOfMessagesMoved,
      ]),
      [['COMPLETED', 1]],
    );
  });

  const giveUp = async (body: string) => {
    await send(body);
    for (let tries = 0; tries < 2; tries++) {
      await receive();
      sqs.hurry(30_001);
    }
    await receive();
  };
  const move = (DestinationArn?: string) =>
    client.send(new StartMessageMoveTaskCommand({ SourceArn: `${ARN}dead`, DestinationArn }));
  const lastMove = async () => {
    const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: `${ARN}dead` }));
    const [last] = Results ?? [];
    return [
      last?.Status,
      last?.FailureReason,
      last?.ApproximateNumberOfMessagesMoved,
      last?.ApproximateNumberOfMessagesToMove,
    ];
  };

  it('does not move back a message that was sent directly into the dead-letter queue', async () => {
    await giveUp('given up');
    const direct = { QueueUrl: deadLetterUrl, MessageBody: 'sent directly' };
    await client.send(new SendMessageCommand(direct));
    await move();
    assert.deepEqual(await lastMove(), ['FAILED', 'CouldNotDetermineMessageSource', 1, 2]);
    assert.deepEqual(await bodies(), ['given up']);
    assert.deepEqual(await bodies(deadLetterUrl), ['sent directly']);
  });

  it('moves all messages to the destination of a move task, wherever they are from', async () => {
    await giveUp('given up');
    await client.send(new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: 'sent directly' }));
    await move(`${ARN}work`);
    assert.deepEqual(await lastMove(), ['COMPLETED', undefined, 2, 2]);
    assert.deepEqual(await bodies(), ['given up', 'sent directly']);
  });

  it('keeps a message’s age when a queue gives it up, and resets it when it is moved', async () => {
    await send('old');
    const [sent] = sqs.find('work').messages;
    sqs.hurry(13 * 24 * HOUR);
    for (let tries = 0; tries < 3; tries++) {
      await receive();
      sqs.hurry(30_001);
    }
    const [givenUp] = sqs.find('dead').messages;
    assert.deepEqual([givenUp?.id, givenUp?.sentAt], [sent?.id, sent?.sentAt]);
    await move();
    const [moved] = sqs.find('work').messages;
    assert.notEqual(moved?.id, sent?.id);
    sqs.hurry(2 * 24 * HOUR);
    assert.deepEqual(await bodies(), ['old']);
  });

  it('moves nothing for a caller who may not send to the destination', async () => {
    await giveUp('given up');
    const allowed = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
    who = identity(...allowed.map((name) => `sqs:${name}`));
    for (const destination of [undefined, `${ARN}work`, `${ARN}nowhere`]) {
      await assert.rejects(move(destination), { name: 'AccessDeniedException', message: /sqs:SendMessage/ });
    }
    who = identity('sqs:*');
    await assert.rejects(move(`${ARN}nowhere`), { name: 'QueueDoesNotExist' });
    assert.deepEqual(await bodies(deadLetterUrl), ['given up']);
  });

  it('moves nothing from a queue that is not a dead-letter queue', async () => {
    await assert.rejects(
      client.send(new StartMessageMoveTaskCommand({ SourceArn: `${ARN}work` })),
      /Dead Letter Queue/,
    );
  });

  it('applies new settings to a queue that is declared again, and keeps its messages', async () => {
    await send('kept');
    const giveUpAfterOne = { giveUp: { deadLetterArn: `${ARN}other`, maxReceives: 1 } };
    const changes = { visibilityMs: 60_000, delayMs: 5_000, ...giveUpAfterOne };
    sqs.declare([declared('work', changes), declared('dead'), declared('other')]);
    assert.deepEqual(await bodies(), ['kept']);
    sqs.hurry(30_001);
    assert.deepEqual(await bodies(), []);
    await send('later');
    assert.equal(sqs.find('work').counts.delayed, 1);
    sqs.hurry(30_001);
    assert.deepEqual(await bodies(), ['later']);
    assert.deepEqual(await bodies(`${endpoint.url}/123456789012/other`), ['kept']);
  });

  it('moves nothing to a queue that is no longer declared', async () => {
    await giveUp('given up');
    sqs.declare([declared('another', giveUpAfterTwo), declared('dead')]);
    await move();
    assert.deepEqual(await lastMove(), ['FAILED', 'AWS.SimpleQueueService.NonExistentQueue', 0, 1]);
    assert.deepEqual(await bodies(deadLetterUrl), ['given up']);
  });

  it('counts what is visible, hidden and delayed', async () => {
    for (const body of ['a', 'b']) await send(body);
    await send('c', 60);
    await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    );
    assert.equal(Attributes?.ApproximateNumberOfMessages, '1');
    assert.equal(Attributes?.ApproximateNumberOfMessagesNotVisible, '1');
    assert.equal(Attributes?.ApproximateNumberOfMessagesDelayed, '1');
  });

  it('takes a batch, and says of each message whether it took it', async () => {
    const Entries = ['a', '\uffff', 'b'].map((MessageBody, at) => ({ Id: `m${at}`, MessageBody }));
    const { Successful = [], Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
    );
    assert.deepEqual(
      Successful.map(({ Id }) => Id),
      ['m0', 'm2'],
    );
    assert.deepEqual(
      Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
      [['m1', 'InvalidMessageContents', true]],
    );
    assert.deepEqual(await bodies(), ['a', 'b']);
  });

  it('refuses a batch that is none: empty, of more than ten, too long in all, with an id twice', async () => {
    const batch = (count: number, body = 'x', id = (at: number) => `m${at}`) =>
      client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: Array.from({ length: count }, (_, at) => ({ Id: id(at), MessageBody: body })),
        }),
      );
    await assert.rejects(batch(0), { name: 'EmptyBatchRequest' });
    await assert.rejects(batch(11), { name: 'TooManyEntriesInBatchRequest' });
    await assert.rejects(batch(2, 'x'.repeat(524_289)), { name: 'BatchRequestTooLong' });
    await assert.rejects(
      batch(2, 'x', () => 'm'),
      { name: 'BatchEntryIdsNotDistinct' },
    );
    assert.deepEqual(await bodies(), []);
    await batch(2, 'x'.repeat(524_288));
    assert.equal((await bodies()).length, 2);
  });

  it('refuses calls that the caller’s policies do not allow, and a queue that does not exist', async () => {
    await assert.rejects(
      client.send(
        new SendMessageCommand({ QueueUrl: `${endpoint.url}/123456789012/none`, MessageBody: 'x' }),
      ),
      { name: 'QueueDoesNotExist' },
    );
    who = identity('sqs:ReceiveMessage');
    await assert.rejects(send('x'), { name: 'AccessDeniedException' });
    const Entries = [{ Id: 'm', MessageBody: 'x' }];
    await assert.rejects(client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries })), {
      name: 'AccessDeniedException',
    });
  });

  it('accepts every character that SQS accepts, and no other', async () => {
    const edges = '\t\n\r \ud7ff\ue000\ufffd\u{10000}\u{10ffff}';
    await send(edges);
    assert.deepEqual(await bodies(), [edges]);
    for (const refused of ['\0', '\b', '\v', '\f', '\u001f', '\ud800', '\udfff', '\ufffe', '\uffff']) {
      await assert.rejects(send(`a${refused}b`), (error: SQSServiceException) => {
        assert.equal(error.name, 'InvalidMessageContents', JSON.stringify(refused));
        assert.equal(error.$metadata.httpStatusCode, 400);
        return true;
      });
    }
  });

  it('deletes a message that is older than the queue’s retention', async () => {
    await send('old');
    sqs.hurry(14 * 24 * HOUR + 1);
    assert.deepEqual(await bodies(), []);
  });
});
