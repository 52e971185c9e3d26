// DynamoDB on this machine: dynalite, behind the local AWS, which has already checked who calls and what they may do.
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import * as v from 'valibot';
import type { LocalService } from '../../local/application';
import { ACCOUNT_ID, REGION } from '../../local/aws/account';
import { AwsError } from '../../local/aws/errors';
import { listen } from '../../local/aws/http';

export const TABLE_TYPE = 'aws:dynamodb/table:Table';

/** Operations of the API of 2012-08-10 on a single table. */
const OPERATIONS = ['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'];
const NOBODY = { accessKeyId: 'local', secretAccessKey: 'local' };

const table = v.object({
  name: v.string(),
  hashKey: v.string(),
  rangeKey: v.optional(v.string()),
  attributes: v.array(v.object({ name: v.string(), type: v.picklist(['S', 'N', 'B']) })),
});
const ofOneTable = v.looseObject({ TableName: v.string() });
const ofTables = v.looseObject({ RequestItems: v.record(v.string(), v.unknown()) });

export function tableArn(name: string): string {
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${name}`;
}

export async function startDynamoDb(): Promise<LocalService> {
  const server = dynalite({ createTableMs: 0 });
  const port = await listen(server, 0);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: NOBODY });

  const forward = async (operation: string, input: unknown) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': new Date().toISOString(),
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
      },
      body: JSON.stringify(input),
    });
    const output: unknown = await response.json();
    if (response.ok) return output;
    const { __type = 'InternalServerError', message, Message } = Object(output);
    throw new AwsError(String(__type).split('#').at(-1) ?? '', String(message ?? Message), response.status);
  };
  const operations = Object.fromEntries(
    OPERATIONS.map((operation) => [
      operation,
      (input: unknown, caller: { authorize(action: string, resource: string): void }) => {
        caller.authorize(`dynamodb:${operation}`, tableArn(v.parse(ofOneTable, input).TableName));
        return forward(operation, input);
      },
    ]),
  );
  return {
    service: {
      signingName: 'dynamodb',
      targetPrefix: 'DynamoDB_20120810',
      operations: {
        ...operations,
        BatchWriteItem(input, caller) {
          for (const name of Object.keys(v.parse(ofTables, input).RequestItems)) {
            caller.authorize('dynamodb:BatchWriteItem', tableArn(name));
          }
          return forward('BatchWriteItem', input);
        },
      },
    },
    async declare(resources) {
      const { TableNames = [] } = await client.send(new ListTablesCommand());
      for (const resource of resources.filter(({ type }) => type === TABLE_TYPE)) {
        const { name, hashKey, rangeKey, attributes } = v.parse(table, {
          ...resource.inputs,
          name: resource.state.name,
        });
        if (TableNames.includes(name)) continue;
        await client.send(
          new CreateTableCommand({
            TableName: name,
            BillingMode: 'PAY_PER_REQUEST',
            AttributeDefinitions: attributes.map((one) => ({
              AttributeName: one.name,
              AttributeType: one.type,
            })),
            KeySchema: [
              { AttributeName: hashKey, KeyType: 'HASH' },
              ...(rangeKey ? [{ AttributeName: rangeKey, KeyType: 'RANGE' as const }] : []),
            ],
          }),
        );
      }
    },
    async close() {
      client.destroy();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
