// How to show the comments, on this machine and after a deploy, and DynamoDB on this machine.
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { parse } from '../../handlers/core/parse';
import type { Access, LocalApplication } from '../../local/application';
import { timeOf } from './item';
import { startDynamoDb, TABLE_TYPE, tableArn } from './local-dynamodb';
import { message } from './message';

/** The number of items that DynamoDB deletes in one call. */
const BATCH = 25;

export const local: LocalApplication = {
  placeName: 'course',
  store: { name: 'The table', operation: 'PutItem' },
  example: { userId: 'taylor', courseId: 123, comment: 'What a course!' },
  probe: (mark) => ({ courseId: `verify-${mark}`, comment: mark }),
  describe(given) {
    const { courseId, comment } = parse(message.received, given);
    return { place: String(courseId), text: comment, done: `put into the table, in course ${courseId}` };
  },
  async read(course, access, limit) {
    const { Items = [] } = await query(course, access, limit);
    return Items.map(({ userID, comment, position }) => ({
      userID: userID?.S ?? '',
      text: comment?.S ?? '',
      at: timeOf(position?.S ?? ''),
    }));
  },
  async remove(course, access) {
    const { Items = [] } = await query(course, access, BATCH);
    if (Items.length === 0) return;
    const deletions = Items.map(({ position = { S: '' } }) => ({
      DeleteRequest: { Key: { course: { S: course }, position } },
    }));
    const RequestItems = { [tableOf(access)]: deletions };
    await call(access, (client) => client.send(new BatchWriteItemCommand({ RequestItems })));
  },
  startServices: async () => [await startDynamoDb()],
  resources: {
    [TABLE_TYPE]: ({ physical }) => ({ id: physical, name: physical, arn: tableArn(physical) }),
  },
};

/** The newest items of a course. */
function query(course: string, access: Access, limit: number): Promise<QueryCommandOutput> {
  return call(access, (client) =>
    client.send(
      new QueryCommand({
        TableName: tableOf(access),
        KeyConditionExpression: 'course = :course',
        ExpressionAttributeValues: { ':course': { S: course } },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      }),
    ),
  );
}

function tableOf({ outputs }: Access): string {
  const { commentsTable } = outputs;
  if (!commentsTable) throw new Error('the stack has no output commentsTable: run pulumi up');
  return commentsTable;
}

async function call<T>(
  { region, credentials, awsUrl }: Access,
  work: (client: DynamoDBClient) => Promise<T>,
): Promise<T> {
  const client = new DynamoDBClient({ region, credentials, ...(awsUrl && { endpoint: awsUrl }) });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}
