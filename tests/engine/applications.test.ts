// Another application on a stack: what `examples/dynamodb-comments` adds, and what changing back takes away.
import assert from 'node:assert/strict';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { everything } from './cloud';
import { look, type Seen } from './seen';
import { ProjectCopy, type Step, type Update } from './stack';

const TABLE = 'aws:dynamodb/table:Table';
const API_KEY = Buffer.from(
  JSON.stringify({ endpoint: 'cell-1-eu-west-1-1.prod.a.momentohq.com', api_key: 'key-of-the-engine-suite' }),
).toString('base64');

describe('an application with a table', () => {
  const dynamoDb = new DynamoDBClient();
  let project: ProjectCopy;
  let untouched: string[];
  let seen: Seen;
  let table: Awaited<ReturnType<typeof tableNamed>>;
  let added: Update;
  let again: Update;
  let left: string[];
  let backToDefault: Update;

  before(async function () {
    this.timeout(600_000);
    project = new ProjectCopy();
    untouched = await everything();
    const stack = await project.stack('table');
    await stack.setSecret('momentoApiKey', API_KEY);
    await stack.up();
    await stack.set('application', 'examples/dynamodb-comments');
    added = await stack.up();
    seen = await look(stack);
    const { applicationOutputs } = await stack.outputs();
    table = await tableNamed(String(Object(applicationOutputs).commentsTable));
    again = await stack.up();
    await stack.unset('application');
    backToDefault = await stack.up();
    await stack.destroy();
    const { TableNames: tables = [] } = await dynamoDb.send(new ListTablesCommand());
    left = [...(await everything()), ...tables];
  });
  after(() => {
    dynamoDb.destroy();
    project?.remove();
  });

  async function tableNamed(TableName: string) {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    const { TimeToLiveDescription } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName }));
    const { ContinuousBackupsDescription } = await dynamoDb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    return {
      arn: Table?.TableArn,
      keys: Table?.KeySchema?.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`),
      billing: Table?.BillingModeSummary?.BillingMode,
      expiresBy: TimeToLiveDescription?.AttributeName,
      recovery: ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    };
  }
  const done = ({ steps }: Update) => steps.map(({ op, type, name }: Step) => `${op} ${type} ${name}`).sort();

  it('adds the table, and changes the functions that handle events alone', () => {
    assert.deepEqual(done(added), [
      `create ${TABLE} comments`,
      'update aws:iam/rolePolicy:RolePolicy redrive',
      'update aws:iam/rolePolicy:RolePolicy webhook',
      'update aws:lambda/function:Function redrive',
      'update aws:lambda/function:Function webhook',
    ]);
  });

  it('has a table that is paid by request, removes what expired, and can be recovered', () => {
    assert.deepEqual(
      { ...table, arn: undefined },
      {
        arn: undefined,
        keys: ['course HASH', 'position RANGE'],
        billing: 'PAY_PER_REQUEST',
        expiresBy: 'expiresAt',
        recovery: 'ENABLED',
      },
    );
  });

  it('lets the functions that handle events put and update items of this table, and nothing else', () => {
    const ofTable = Object.entries(seen.allowed).map(([name, statements]) => [
      name,
      statements.filter(({ Action }) => String(Action).includes('dynamodb')),
    ]);
    const actions = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];
    const may = [{ Effect: 'Allow', Action: actions, Resource: table.arn }];
    assert.deepEqual(Object.fromEntries(ofTable), { webhook: may, redrive: may, publisher: [], tokens: [] });
  });

  it('is no change the second time', () => {
    assert.deepEqual(done(again), []);
  });

  it('takes its table away when another application takes its place, and leaves nothing behind', () => {
    assert(done(backToDefault).includes(`delete ${TABLE} comments`));
    assert.deepEqual(left, untouched);
  });
});

describe('an application that translates', () => {
  let project: ProjectCopy;
  let untouched: string[];
  let plain: Seen;
  let seen: Seen;
  let changed: Update;
  let again: Update;
  let applicationOutputs: unknown;
  let left: string[];

  before(async function () {
    this.timeout(600_000);
    project = new ProjectCopy();
    untouched = await everything();
    const stack = await project.stack('chat');
    await stack.setSecret('momentoApiKey', API_KEY);
    await stack.up();
    plain = await look(stack);
    await stack.set('application', 'examples/multi-language-chat');
    await stack.set('languages', 'en,fr');
    changed = await stack.up();
    seen = await look(stack);
    ({ applicationOutputs } = await stack.outputs());
    again = await stack.up();
    await stack.destroy();
    left = await everything();
  });
  after(() => project?.remove());

  it('changes the topic of all functions, adds no resource, and leaves nothing behind', () => {
    const done = changed.steps.map(({ op, type, name }: Step) => `${op} ${type} ${name}`).sort();
    assert.deepEqual(done, [
      'update aws:iam/rolePolicy:RolePolicy redrive',
      'update aws:iam/rolePolicy:RolePolicy webhook',
      'update aws:lambda/function:Function publisher',
      'update aws:lambda/function:Function redrive',
      'update aws:lambda/function:Function tokens',
      'update aws:lambda/function:Function webhook',
    ]);
    assert.deepEqual(again.steps, []);
    assert.deepEqual(left, untouched);
  });

  it('lets the functions that handle events translate, and nobody more than before', () => {
    const may = {
      Effect: 'Allow',
      Action: ['translate:TranslateText', 'comprehend:DetectDominantLanguage'],
      Resource: '*',
    };
    for (const name of ['webhook', 'redrive', 'publisher', 'tokens'] as const) {
      const isHandling = name === 'webhook' || name === 'redrive';
      assert.deepEqual(seen.allowed[name], [...plain.allowed[name], ...(isHandling ? [may] : [])], name);
    }
  });

  it('tells the token service the languages, and the events’ functions also their limits', () => {
    const { webhook, tokens, publisher } = seen.functions;
    const ofWebhook = webhook.Environment?.Variables;
    assert.deepEqual(
      [ofWebhook?.TOPIC_NAME, ofWebhook?.LANGUAGES, ofWebhook?.MESSAGES_PER_MINUTE],
      ['chat-publish', 'en,fr', '20'],
    );
    assert.equal(tokens.Environment?.Variables?.LANGUAGES, 'en,fr');
    assert.equal(publisher.Environment?.Variables?.LANGUAGES, undefined);
    assert.deepEqual(applicationOutputs, { languages: 'en,fr' });
  });
});
