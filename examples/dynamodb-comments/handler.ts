// Puts a verified comment into a DynamoDB table, under a key that is computed from the event alone.
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { patience } from '../../handlers/adapters/aws-patience';
import { setting, wholeNumber } from '../../handlers/adapters/environment';
import { before } from '../../handlers/core/deadline';
import type { EventHandler } from '../../handlers/core/event-handler';
import { commentItem } from './item';
import type { Message } from './message';

const TableName = setting('COMMENTS_TABLE');
const ttlDays = wholeNumber('COMMENT_TTL_DAYS');
/** Two tries fit before the webhook gives the event to the redrive queue. */
const client = new DynamoDBClient({ maxAttempts: 2, requestHandler: patience(400, 700) });

export const eventHandler: EventHandler<Message> = {
  async handle(event, message, deadline) {
    const put = new PutItemCommand({ TableName, Item: commentItem(message, event, ttlDays) });
    await before(deadline, client.send(put));
  },
};
