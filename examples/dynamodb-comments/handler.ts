// Puts a verified comment into a DynamoDB table, under a key that is the same however often its event comes.
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { patience } from '../../handlers/adapters/aws-patience';
import { setting, wholeNumber } from '../../handlers/adapters/environment';
import { before } from '../../handlers/core/deadline';
import type { TopicEvent } from '../../handlers/core/event';
import type { EventHandler } from '../../handlers/core/event-handler';
import { commentItem, expiryOf, firstTimeKey } from './item';
import type { Message } from './message';

const TableName = setting('COMMENTS_TABLE');
const ttlDays = wholeNumber('COMMENT_TTL_DAYS');
/** Two tries fit before the webhook gives the event to the redrive queue. */
const client = new DynamoDBClient({ maxAttempts: 2, requestHandler: patience(400, 700) });

export const eventHandler: EventHandler<Message> = {
  async handle(event, message, deadline) {
    await before(deadline, store(event, message));
  },
};

async function store(event: TopicEvent, message: Message): Promise<void> {
  const first = { ...event, event_timestamp: await firstTimeOf(event) };
  await client.send(new PutItemCommand({ TableName, Item: commentItem(message, first, ttlDays) }));
}

/**
 * The time of an event when it came for the first time. Momento gives an event the same time whenever it comes. A relay stamps
 * the time at which it receives a message, and some messages are received by two relays, or twice by one.
 */
async function firstTimeOf(event: TopicEvent): Promise<number> {
  const { event_timestamp: time, topic_sequence_page: pageOfRelay } = event;
  if (pageOfRelay === undefined) return time;
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      TableName,
      Key: firstTimeKey(event),
      UpdateExpression: 'SET firstTime = if_not_exists(firstTime, :time), expiresAt = :expiresAt',
      ExpressionAttributeValues: {
        ':time': { N: String(time) },
        ':expiresAt': { N: String(expiryOf(time, ttlDays)) },
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Number(Attributes?.firstTime?.N ?? time);
}
