import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { HostedFunction } from '../../../../local/aws/lambda/hosted-function';
import { type Fixture, functionsFixture } from './fixture';

const COUNTER = 'let calls = 0; exports.handler = async () => ({ calls: ++calls });';
/** Answers with the name of the instance, after a while. */
const slow = (ms: number) =>
  `exports.handler = () => new Promise((done) => setTimeout(done, ${ms}, process.env.AWS_LAMBDA_LOG_STREAM_NAME));`;

describe('a hosted function', () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = functionsFixture();
  });
  afterEach(() => fixture.close());

  it('answers with its handler’s result, and keeps its instance warm', async () => {
    const hosted = fixture.host(COUNTER);
    assert.deepEqual(await answers(hosted, 3), [{ calls: 1 }, { calls: 2 }, { calls: 3 }]);
  });

  it('sees its declared variables and those that Lambda sets, and none of the surrounding process', async () => {
    process.env.ONLY_IN_THE_PARENT = 'leaked';
    try {
      const hosted = fixture.host('exports.handler = async () => process.env;', {
        environment: { COURSE: '123' },
      });
      const environment = await answer(hosted);
      assert.ok(environment !== null && typeof environment === 'object');
      assert.deepEqual(Object.keys(environment).sort(), [
        'AWS_ACCESS_KEY_ID',
        'AWS_CONFIG_FILE',
        'AWS_DEFAULT_REGION',
        'AWS_ENDPOINT_URL',
        'AWS_EXECUTION_ENV',
        'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
        'AWS_LAMBDA_FUNCTION_NAME',
        'AWS_LAMBDA_FUNCTION_VERSION',
        'AWS_LAMBDA_INITIALIZATION_TYPE',
        'AWS_LAMBDA_LOG_FORMAT',
        'AWS_LAMBDA_LOG_GROUP_NAME',
        'AWS_LAMBDA_LOG_LEVEL',
        'AWS_LAMBDA_LOG_STREAM_NAME',
        'AWS_REGION',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
        'AWS_SHARED_CREDENTIALS_FILE',
        'COURSE',
        'LAMBDA_TASK_ROOT',
        'LANG',
        'PATH',
        'TZ',
        '_HANDLER',
      ]);
      assert.equal('COURSE' in environment && environment.COURSE, '123');
    } finally {
      delete process.env.ONLY_IN_THE_PARENT;
    }
  });

  it('serves one request at a time per instance, and starts another instance for the next', async () => {
    const hosted = fixture.host(slow(50));
    const streams = await Promise.all([answer(hosted), answer(hosted), answer(hosted)]);
    assert.equal(new Set(streams).size, 3);
    assert.ok(streams.includes(await answer(hosted)), 'a warm instance serves again');
  });

  it('makes a request wait if every instance is busy and no concurrency is reserved', async () => {
    const hosted = fixture.host(slow(20));
    const streams = await Promise.all(Array.from({ length: 25 }, () => answer(hosted)));
    assert.equal(new Set(streams).size, 10);
  });

  it('refuses requests beyond the reserved concurrency', async () => {
    const hosted = fixture.host(slow(100), { reservedConcurrency: 1 });
    const first = answer(hosted);
    await assert.rejects(hosted.invoke({}), { type: 'TooManyRequestsException', status: 429 });
    await first;
    await answer(hosted);
  });

  it('warms instances ahead of their first requests, and never more than it may have', async () => {
    const hosted = fixture.host(slow(50));
    await hosted.warm(2);
    await hosted.warm(2);
    assert.equal((await hosted.heapUsed()).length, 2);
    const streams = await Promise.all([answer(hosted), answer(hosted)]);
    assert.equal(new Set(streams).size, 2);
    assert.equal((await hosted.heapUsed()).length, 2, 'the requests found both');

    const limited = fixture.host(slow(100), { reservedConcurrency: 1 });
    await limited.warm(2);
    const first = answer(limited);
    await assert.rejects(limited.invoke({}), { type: 'TooManyRequestsException' });
    await first;
    await assert.rejects(fixture.host('throw new Error("broken")').warm(1), /broken/);
  });

  it('ends an instance that times out, even in a busy loop, and continues with a new one', async () => {
    const source = `let calls = 0;
      exports.handler = async (event) => { calls++; while (event.hang) {} return { calls }; };`;
    const hosted = fixture.host(source, { timeoutSeconds: 0.2 });
    await answer(hosted);
    const outcome = await hosted.invoke({ hang: true });
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.errorType, 'Sandbox.Timedout');
    assert.match(outcome.error.errorMessage, /Task timed out after 0\.20 seconds$/);
    assert.deepEqual(await answer(hosted), { calls: 1 });
  });

  it('survives a function that exits or leaves a rejection unhandled', async () => {
    const source = `exports.handler = async ({ how }) => {
      if (how === 'exit') process.exit(3);
      if (how === 'reject') { Promise.reject(new TypeError('nobody waits')); await new Promise(() => {}); }
      return how;
    };`;
    const hosted = fixture.host(source);
    const exited = await hosted.invoke({ how: 'exit' });
    assert.deepEqual(exited.ok || exited.error, {
      errorType: 'Runtime.ExitError',
      errorMessage: 'Runtime exited with error: exit status 3',
    });
    const rejected = await hosted.invoke({ how: 'reject' });
    assert.equal(rejected.ok || rejected.error.errorMessage, 'nobody waits');
    assert.deepEqual(fixture.crashes, ['Runtime exited with error: exit status 3', 'nobody waits']);
    assert.equal(await answer(hosted, { how: 'well' }), 'well');
  });

  it('logs that a function exited during its initialisation', async () => {
    const outcome = await fixture.host('process.exit(3);').invoke({});
    assert.equal(outcome.ok || outcome.error.errorType, 'Runtime.ExitError');
    assert(fixture.logs.some((line) => JSON.parse(line).errorType === 'Runtime.ExitError'));
  });

  it('tells how long INIT took with what the first request logs, and not with what INIT or the second logs', async () => {
    const hosted = fixture.host("console.log('INIT'); exports.handler = async () => console.log('invoked');");
    const told: (number | undefined)[] = [];
    await hosted.invoke({}, (ms) => told.push(ms));
    await hosted.invoke({}, (ms) => told.push(ms));
    const [ms] = told;
    assert.ok(ms !== undefined && ms > 0);
    assert.deepEqual(told, [ms]);
    assert.deepEqual(fixture.inits, [undefined, ms, undefined]);
  });

  it('ends an instance that needs more memory than declared', async () => {
    const source = `exports.handler = async ({ fill }) => {
      const kept = [];
      while (fill) kept.push(Array.from({ length: 10000 }, () => ({ x: Math.random() })));
      return kept.length;
    };`;
    const hosted = fixture.host(source, { memoryMb: 16, timeoutSeconds: 20 });
    const outcome = await hosted.invoke({ fill: true });
    assert.equal(outcome.ok || outcome.error.errorType, 'Runtime.OutOfMemory');
    assert.equal(await answer(hosted), 0);
  });

  it('returns a handler’s exception as a function error, and keeps the instance', async () => {
    const hosted = fixture.host(`let calls = 0; exports.handler = async ({ fail }) => {
      calls++; if (fail) throw new RangeError('too far'); return calls; };`);
    const outcome = await hosted.invoke({ fail: true });
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.errorType, 'RangeError');
    assert.equal(outcome.error.errorMessage, 'too far');
    assert.equal(await answer(hosted), 2);
    assert.deepEqual(fixture.crashes, []);
  });

  it('reports a bundle that cannot be loaded, a missing handler and a callback handler', async () => {
    const errors = await Promise.all(
      ['throw new Error("at start");', 'exports.other = 1;', 'exports.handler = (e, c, callback) => {};'].map(
        async (source) => {
          const outcome = await fixture.host(source).invoke({});
          return outcome.ok || outcome.error.errorType;
        },
      ),
    );
    assert.deepEqual(errors, ['Error', 'Runtime.HandlerNotFound', 'Runtime.CallbackHandlerDeprecated']);
  });

  it('finds no packages but those in its archive', async () => {
    const outcome = await fixture.host('require("esbuild"); exports.handler = async () => 1;').invoke({});
    assert.match((!outcome.ok && outcome.error.errorMessage) || '', /^Cannot find module 'esbuild'/);
  });

  it("writes console output as Lambda's JSON lines, with the level and the request's id", async () => {
    const hosted = fixture.host(`exports.handler = async (event, context) => {
      console.debug('left out');
      console.info({ outcome: 'stored' });
      console.warn('%s times', 2, new Error('odd'));
      return context.awsRequestId;
    };`);
    const requestId = await answer(hosted);
    const [info, warn, ...rest] = fixture.logs.map((line): Record<string, unknown> => JSON.parse(line));
    assert.deepEqual(rest, []);
    assert.ok(info && warn);
    assert.match(String(info.timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(
      { ...info, timestamp: 0 },
      {
        timestamp: 0,
        level: 'INFO',
        requestId,
        message: { outcome: 'stored' },
      },
    );
    assert.equal(warn.level, 'WARN');
    assert.match(String(warn.message), /^2 times Error: odd/);
    assert.equal(warn.errorMessage, 'odd');
  });

  it('delivers every line before its answer, in the order of writing, also lines that bypass the console', async () => {
    const hosted = fixture.host(`
      const { Console } = require('node:console');
      const past = new Console({ stdout: process.stdout, stderr: process.stderr });
      exports.handler = async () => {
        past.log('{"metric":1}');
        console.info('told');
        past.error('{"metric":2}\\n{"metric":3}');
        process.stdout.write(Buffer.from('é'));
      };`);
    await answer(hosted);
    const told = fixture.logs.map((line) => (line.includes('told') ? 'told' : line));
    assert.deepEqual(told, ['{"metric":1}', 'told', '{"metric":2}', '{"metric":3}', 'é']);
  });

  it('swaps its code without dropping running requests', async () => {
    const hosted = fixture.host(
      'exports.handler = () => new Promise((done) => setTimeout(done, 100, "old"));',
    );
    const underWay = answer(hosted);
    hosted.swap(fixture.code('exports.handler = async () => "new";'));
    assert.equal(await answer(hosted), 'new');
    assert.equal(await underWay, 'old');
    assert.equal(await answer(hosted), 'new');
  });

  it('keeps the files of old code until its running requests are answered, and no longer', async () => {
    const source = `exports.handler = async ({ waits }) => {
      const done = process.env.LAMBDA_TASK_ROOT + '/done';
      while (waits && !require('node:fs').existsSync(done)) await new Promise(setImmediate);
      return process.env.LAMBDA_TASK_ROOT;
    };`;
    const hosted = fixture.host(source);
    const folders = new Set([String(await answer(hosted))]);
    for (let swaps = 0; swaps < 3; swaps++) {
      const underWay = hosted.invoke({ waits: true });
      hosted.swap(fixture.code(`${source} // ${swaps}`));
      const now = String(await answer(hosted));
      for (const folder of folders) writeFileSync(join(folder, 'done'), ''); // throws if it is gone
      await underWay;
      for (const folder of folders) while (existsSync(folder)) await new Promise(setImmediate);
      assert.ok(existsSync(now));
      folders.clear();
      folders.add(now);
    }
    hosted.swap(fixture.code(COUNTER)); // with an idle instance, then with none at all
    hosted.swap(fixture.code(source));
    for (const folder of folders) while (existsSync(folder)) await new Promise(setImmediate);
    const last = String(await answer(hosted));
    assert.deepEqual(readdirSync(dirname(last)), [basename(last)]);
    await hosted.close();
    assert.deepEqual(readdirSync(dirname(last)), []);
  });

  it('refuses an event above 6 MB', async () => {
    await assert.rejects(fixture.host(COUNTER).invoke('x'.repeat(6 * 1024 * 1024)), { status: 413 });
  });
});

async function answer(hosted: HostedFunction, event: object = {}): Promise<unknown> {
  const outcome = await hosted.invoke(event);
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.error));
  return JSON.parse(outcome.payload);
}

async function answers(hosted: HostedFunction, times: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let i = 0; i < times; i++) all.push(await answer(hosted));
  return all;
}
