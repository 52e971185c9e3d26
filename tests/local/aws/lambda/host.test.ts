import assert from 'node:assert/strict';
import { Clock } from '../../../../local/aws/clock';
import { type Resource, readDeclared } from '../../../../local/aws/declared';
import { Identities } from '../../../../local/aws/identities';
import { FunctionHost } from '../../../../local/aws/lambda/host';

const ACCOUNT = 'arn:aws:iam::123456789012';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:greeter';
const LOGS = 'arn:aws:logs:us-east-1:123456789012:log-group:greeter-logs:*';

const COUNTER = `let calls = 0;
  exports.handler = async () => { console.info('called'); return { calls: ++calls, course: process.env.COURSE }; };`;

interface Program {
  source?: string;
  variables?: Record<string, string>;
  trusted?: string;
  mayLog?: boolean;
  url?: boolean;
}

/** The resources of a program with one function, as its mocks record them. */
function program(changes: Program = {}): Resource[] {
  const {
    source = COUNTER,
    variables = { COURSE: '123' },
    trusted = 'lambda.amazonaws.com',
    mayLog = true,
    url = true,
  } = changes;
  const resource = (type: string, inputs: Record<string, unknown>, state: Record<string, unknown> = {}) => ({
    type,
    name: 'greeter',
    id: 'greeter',
    inputs,
    state,
  });
  const trust = {
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: trusted } },
  };
  const policy = JSON.stringify({
    Statement: { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: LOGS },
  });
  const everybody = { function: 'greeter', principal: '*' };
  const role = { name: 'greeter', arn: `${ACCOUNT}:role/greeter` };
  return [
    resource('aws:iam/role:Role', { assumeRolePolicy: trust }, role),
    ...(mayLog ? [resource('aws:iam/rolePolicy:RolePolicy', { role: 'greeter', policy })] : []),
    resource(
      'aws:lambda/function:Function',
      {
        role: role.arn,
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        code: { 'index.js': source },
        environment: { variables },
        loggingConfig: { logFormat: 'JSON', logGroup: 'greeter-logs' },
      },
      { name: 'greeter', arn: FUNCTION },
    ),
    ...(url
      ? [
          resource('aws:lambda/functionUrl:FunctionUrl', {
            functionName: 'greeter',
            authorizationType: 'NONE',
          }),
          resource('aws:lambda/permission:Permission', {
            ...everybody,
            action: 'lambda:InvokeFunctionUrl',
            functionUrlAuthType: 'NONE',
          }),
          resource('aws:lambda/permission:Permission', {
            ...everybody,
            action: 'lambda:InvokeFunction',
            invokedViaFunctionUrl: true,
          }),
        ]
      : []),
  ];
}

describe('the host of declared functions', () => {
  let host: FunctionHost;
  let logs: string[];
  beforeEach(() => {
    logs = [];
    host = new FunctionHost({
      identities: new Identities(),
      local: {},
      portOf: () => 0,
      clock: new Clock(),
      onLog: ({ line }) => logs.push(line),
      onCrash: () => {},
      onCall: () => {},
      onRequest: () => {},
    });
  });
  afterEach(() => host.close());

  const apply = (changes?: Program) => host.apply(readDeclared(program(changes)));
  const call = async (url: string): Promise<unknown> => (await fetch(url)).json();

  it('serves a declared URL at the address reserved for it', async () => {
    const url = await host.reserveUrl('greeter');
    assert.equal((await fetch(url)).status, 503, 'nothing is declared yet');
    await apply();
    assert.deepEqual(await call(url), { calls: 1, course: '123' });
    assert.equal(await host.reserveUrl('greeter'), url);
    assert.equal(host.behind(url)?.name, 'greeter');
  });

  it('swaps in changed code and settings, and keeps the warm instances of unchanged functions', async () => {
    const url = await host.reserveUrl('greeter');
    assert.deepEqual(await apply(), ['greeter']);
    await call(url);
    assert.deepEqual(await apply(), []);
    assert.deepEqual(await call(url), { calls: 2, course: '123' });
    assert.deepEqual(await apply({ variables: { COURSE: '456' } }), ['greeter']);
    assert.deepEqual(await call(url), { calls: 1, course: '456' });
    assert.deepEqual(await apply({ source: 'exports.handler = async () => "new";' }), ['greeter']);
    assert.equal(await call(url), 'new');
  });

  it('stops hosting what is no longer declared', async () => {
    const url = await host.reserveUrl('greeter');
    await apply();
    await apply({ url: false });
    await assert.rejects(fetch(url));
    assert.ok(host.find('greeter'));
    await host.apply(readDeclared([]));
    assert.equal(host.find('greeter'), undefined);
  });

  it('refuses a function whose role Lambda may not assume, and keeps what it has', async () => {
    const url = await host.reserveUrl('greeter');
    await apply();
    await assert.rejects(
      apply({ trusted: 'ec2.amazonaws.com' }),
      /function greeter: the role defined for the function cannot be assumed by Lambda/,
    );
    assert.deepEqual(await call(url), { calls: 1, course: '123' });
  });

  it('refuses a variable that Lambda reserves and an environment above 4 KB, and keeps what it has', async () => {
    const url = await host.reserveUrl('greeter');
    await apply();
    await assert.rejects(
      apply({ variables: { AWS_REGION: 'x' } }),
      /greeter: Lambda reserves the variables AWS_REGION$/,
    );
    await assert.rejects(
      apply({ variables: { LONG: 'x'.repeat(4096) } }),
      /greeter: its environment exceeds 4096 bytes$/,
    );
    assert.deepEqual(await call(url), { calls: 1, course: '123' });
  });

  it('refuses a handler that is not in the archive and a URL without a function, and keeps what it has', async () => {
    const url = await host.reserveUrl('greeter');
    await apply();
    const changed = readDeclared(program({ source: 'exports.handler = async () => "new";' }));
    const [greeter] = changed.functions;
    assert.ok(greeter);
    const lacking = { ...greeter, name: 'lacking', handler: 'gone.handler' };
    await assert.rejects(
      host.apply({ ...changed, functions: [greeter, lacking] }),
      /^Error: function lacking: its archive has no file for the handler gone\.handler$/,
    );
    await assert.rejects(
      host.apply({ ...changed, urls: [{ name: 'odd', functionName: 'nobody', auth: 'NONE' }] }),
      /^Error: URL odd: the program declares no function nobody$/,
    );
    assert.deepEqual(await call(url), { calls: 1, course: '123' });
  });

  it('keeps the log lines of a function only if its role may write them', async () => {
    const url = await host.reserveUrl('greeter');
    await apply({ mayLog: false });
    await call(url);
    assert.deepEqual(logs, []);
    await apply();
    await call(url);
    assert.equal(logs.length, 1);
  });

  it('names the resource and the property if AWS would refuse it', () => {
    const wrong = (type: string, inputs: Record<string, unknown>) => () =>
      readDeclared([{ type, name: 'odd', id: 'odd', inputs, state: {} }]);
    assert.throws(
      wrong('aws:lambda/functionUrl:FunctionUrl', { functionName: 'greeter', authorizationType: 'ALL' }),
      /^Error: aws:lambda\/functionUrl:FunctionUrl odd: authorizationType: /,
    );
    assert.throws(
      wrong('aws:lambda/permission:Permission', {
        function: 'greeter',
        principal: '*',
        action: 'lambda:InvokeFunction',
        functionUrlAuthType: 'NONE',
      }),
      /permission odd: FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl/,
    );
  });
});
