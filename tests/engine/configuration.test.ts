// A stack before it is configured, and what a preview knows before it is deployed.
import assert from 'node:assert/strict';
import { makeLegacyKey } from 'local-momento';
import { everything } from './cloud';
import { errors, ProjectCopy, type Ran } from './stack';

const API_KEY = makeLegacyKey();

describe('a stack that is not configured yet', () => {
  let project: ProjectCopy;
  let untouched: string[];
  let unconfigured: { ran: Ran; left: string[] };
  let inClear: { ran: Ran; left: string[] };
  let previewed: { ran: Ran; left: string[] };
  let outOfReach: { ran: Ran; left: string[] };

  before(async () => {
    project = new ProjectCopy();
    untouched = await everything();
    const stack = await project.stack('unconfigured');
    unconfigured = { ran: await stack.tryUp(), left: await everything() };
    await stack.set('momentoApiKey', API_KEY);
    inClear = { ran: await stack.tryUp(), left: await everything() };
    await stack.setSecret('momentoApiKey', API_KEY);
    previewed = { ran: await stack.preview(), left: await everything() };
    await stack.set('aws:region', 'eu-central-2');
    outOfReach = { ran: await stack.tryUp(), left: await everything() };
  });

  after(() => project?.remove());

  it('is refused with one error that names the missing settings and the commands that set them; nothing is made', () => {
    assert.notEqual(unconfigured.ran.status, 0);
    const [told = '', ...others] = errors(unconfigured.ran);
    assert.deepEqual(others, []);
    assert.match(told, /The configuration of the stack unconfigured is wrong:/);
    assert.match(
      told,
      /momentoApiKey is not set.* pulumi config set --secret momentoApiKey --stack unconfigured$/m,
    );
    assert.equal(told.match(/\n {2}- /g)?.length, 1);
    assert.deepEqual(unconfigured.left, untouched);
  });

  it('is refused with an API key in clear; the error shows the command that makes it a secret, but not the key', () => {
    assert.notEqual(inClear.ran.status, 0);
    const [told = '', ...others] = errors(inClear.ran);
    assert.deepEqual(others, []);
    assert.match(
      told,
      /momentoApiKey is set in clear .* pulumi config set --secret momentoApiKey --stack unconfigured$/m,
    );
    assert(!told.includes(API_KEY));
    assert.deepEqual(inClear.left, untouched);
  });

  it('can be previewed before AWS has answered anything, and a preview makes nothing', () => {
    assert.equal(previewed.ran.status, 0, previewed.ran.stderr);
    const previewedSteps: { steps: { op: string; urn: string }[] } = JSON.parse(previewed.ran.stdout);
    // The stack itself exists since the first attempt.
    const steps = previewedSteps.steps.filter(({ urn }) => !urn.includes('pulumi:pulumi:Stack'));
    assert.deepEqual([...new Set(steps.map(({ op }) => op))], ['create']);
    const functions = steps.filter(({ urn }) => urn.includes('aws:lambda/function:Function'));
    assert.deepEqual(functions.map(({ urn }) => urn.split('::').at(-1)).sort(), [
      'publisher',
      'redrive',
      'tokens',
      'webhook',
    ]);
    assert.deepEqual(previewed.left, untouched);
  });

  it('is refused in a region without function URLs with one error that names the region; nothing is made', () => {
    assert.notEqual(outOfReach.ran.status, 0);
    const [told = '', ...others] = errors(outOfReach.ran);
    assert.deepEqual(others, []);
    assert.match(told, /no function URLs in the region eu-central-2/);
    assert.match(told, /^ {2}pulumi config set aws:region us-east-1 --stack unconfigured$/m);
    assert.deepEqual(outOfReach.left, untouched);
  });
});
