// Failures that come from outside a stack, and how `pulumi up` recovers.
import assert from 'node:assert/strict';
import { makeLegacyKey } from 'local-momento';
import { callersOf, deleteFunction, everything, functionsOf, mappingsTo, urlOf } from './cloud';
import { type RefusingEndpoint, refusingEndpoint } from './refusing-endpoint';
import { errors, ProjectCopy, type Ran, type Stack, type Update } from './stack';

describe('a stack that meets trouble', () => {
  let project: ProjectCopy;
  let stack: Stack;
  let endpoint: RefusingEndpoint;
  let untouched: string[];

  let refused: { ran: Ran; calls: number };
  let finished: { update: Update; functions: number; mappings: number };
  let again: Update;
  let repaired: { update: Update; webhooks: string[]; authorization: string | undefined; callers: number };
  let afterRepair: Update;
  let left: string[];

  before(async function () {
    this.timeout(600_000);
    project = new ProjectCopy();
    untouched = await everything();
    stack = await project.stack('troubled');
    await stack.setSecret('momentoApiKey', makeLegacyKey());

    const aws = process.env.AWS_ENDPOINT_URL ?? '';
    endpoint = await refusingEndpoint(aws, 'POST', /^\/2015-03-31\/event-source-mappings/);
    project.environment.AWS_ENDPOINT_URL = endpoint.url;
    refused = { ran: await stack.tryUp(), calls: endpoint.refused() };
    project.environment.AWS_ENDPOINT_URL = aws;
    finished = {
      update: await stack.up(),
      functions: (await functions()).length,
      mappings: await mappings(),
    };
    again = await stack.up();

    const [before = ''] = await functions('webhook');
    await deleteFunction(before);
    await stack.refresh();
    const update = await stack.up();
    const webhooks = await functions('webhook');
    const [webhook = ''] = webhooks;
    const { AuthType: authorization } = await urlOf(webhook);
    repaired = { update, webhooks, authorization, callers: (await callersOf(webhook)).length };
    afterRepair = await stack.up();

    await stack.destroy();
    left = await everything();
  });

  after(async () => {
    await endpoint?.close();
    project?.remove();
  });

  async function functions(name = ''): Promise<string[]> {
    const names = (await functionsOf(stack.name)).map(({ FunctionName = '' }) => FunctionName);
    return names.filter((each) => each.startsWith(name));
  }

  async function mappings(): Promise<number> {
    const [redrive = ''] = await functions('redrive');
    return (await mappingsTo(redrive)).length;
  }

  it('says which resource AWS refused, and why', () => {
    assert.notEqual(refused.ran.status, 0);
    assert.equal(refused.calls, 1);
    const told = errors(refused.ran).join('\n');
    assert.match(told, /You may not do this yet/);
    const [failed, ...others] = refused.ran.stdout.match(/"urn":"[^"]*EventSourceMapping::[^"]*"/g) ?? [];
    assert(failed?.endsWith('::redrive"'), `${failed} of ${others.length + 1}`);
  });

  it('is completed by the next up, which makes only the missing resources', () => {
    const { update, functions, mappings } = finished;
    assert.deepEqual([functions, mappings], [4, 1]);
    assert(update.steps.every(({ op }) => op === 'create'));
    assert(update.steps.some(({ type }) => type === 'aws:lambda/eventSourceMapping:EventSourceMapping'));
    assert((update.changes.same ?? 0) > 0, 'what was there stays');
    assert.deepEqual(again.steps, []);
  });

  it('is repaired by refresh and up, including the public URL, after a function was deleted outside Pulumi', () => {
    const { webhooks, authorization, callers } = repaired;
    assert.deepEqual([webhooks.length, authorization, callers], [1, 'NONE', 4]);
    const made = repaired.update.steps.filter(({ op }) => op.startsWith('create'));
    assert(made.some(({ type, name }) => type === 'aws:lambda/function:Function' && name === 'webhook'));
    assert.deepEqual(afterRepair.steps, []);
  });

  it('leaves nothing behind when it is destroyed', () => {
    assert.deepEqual(left, untouched);
  });
});
