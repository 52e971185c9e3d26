// Two stacks of the program in one account, with different settings.
import assert from 'node:assert/strict';
import { makeLegacyKey } from 'local-momento';
import { V2_KEY } from '../program/declared';
import { allowedTo, everything, functionsOf, secretValue } from './cloud';
import { ProjectCopy, type Update } from './stack';

const KEYS = { dev: makeLegacyKey(), prod: V2_KEY };
const ENDPOINT = 'cell-4-us-west-2-1.prod.a.momentohq.com';

type Name = keyof typeof KEYS;
type Functions = Awaited<ReturnType<typeof functionsOf>>;

describe('two stacks side by side', () => {
  let project: ProjectCopy;
  let functions: Record<Name, Functions>;
  let keys: Record<Name, string | undefined>;
  let allowed: Record<Name, string>;
  let between: { untouched: string[]; onlyDev: string[]; both: string[] };
  let afterwards: { prod: Functions; update: Update; left: string[] };

  before(async function () {
    this.timeout(600_000);
    project = new ProjectCopy();
    const untouched = await everything();
    const dev = await project.stack('dev');
    await dev.setSecret('momentoApiKey', KEYS.dev);
    await dev.up();
    const onlyDev = await everything();
    const prod = await project.stack('prod');
    await prod.setSecret('momentoApiKey', KEYS.prod);
    await prod.set('momentoEndpoint', ENDPOINT);
    await prod.set('memoryMb', '1024');
    await prod.set('topicName', 'chat');
    await prod.set('reservedConcurrency', '20');
    await prod.up();
    between = { untouched, onlyDev, both: await everything() };

    functions = { dev: await functionsOf('dev'), prod: await functionsOf('prod') };
    keys = { dev: await keyOf('dev'), prod: await keyOf('prod') };
    allowed = { dev: await allowedIn('dev'), prod: await allowedIn('prod') };

    await dev.destroy();
    afterwards = { prod: await functionsOf('prod'), update: await prod.up(), left: [] };
    await prod.destroy();
    afterwards.left.push(...(await everything()));
  });

  after(() => project?.remove());

  const settings = (name: Name) => functions[name].map(({ Environment }) => Environment?.Variables ?? {});

  function keyOf(name: Name): Promise<string | undefined> {
    const [{ API_KEY_SECRET_ARN = '' } = {}] = settings(name);
    return secretValue(API_KEY_SECRET_ARN);
  }

  /** All the statements of its roles, as one text. */
  async function allowedIn(name: Name): Promise<string> {
    return JSON.stringify(await Promise.all(functions[name].map(({ Role = '' }) => allowedTo(Role))));
  }

  it('share nothing: the second makes only new resources, and those of the first stay', () => {
    const { untouched, onlyDev, both } = between;
    assert(onlyDev.length > untouched.length);
    assert.deepEqual(
      onlyDev.filter((name) => !both.includes(name)),
      [],
    );
    assert.equal(both.length - onlyDev.length, onlyDev.length - untouched.length);
  });

  it('have their own settings', () => {
    for (const { MemorySize, tags } of functions.dev) {
      assert.deepEqual([MemorySize, tags], [512, { project: 'momento-webhooks', stack: 'dev' }]);
    }
    for (const { MemorySize, tags } of functions.prod) {
      assert.deepEqual([MemorySize, tags], [1024, { project: 'momento-webhooks', stack: 'prod' }]);
    }
    const of = (name: Name) =>
      settings(name).map((each) => [each.CACHE_NAME, each.TOPIC_NAME, each.MOMENTO_ENDPOINT]);
    assert.deepEqual(of('dev'), Array(4).fill(['course-comments-dev', 'comment', undefined]));
    assert.deepEqual(of('prod'), Array(4).fill(['course-comments-prod', 'chat', ENDPOINT]));
    const reserved = (name: Name) => functions[name].flatMap((each) => each.reserved ?? []);
    assert.deepEqual([reserved('dev'), reserved('prod')], [[], [20]]);
  });

  it('have their own keys, and neither may read or send anything of the other', () => {
    assert.deepEqual(keys, KEYS);
    for (const [name, other] of [
      ['dev', 'prod'],
      ['prod', 'dev'],
    ] as const) {
      const theirs = settings(other).flatMap((each) => [each.API_KEY_SECRET_ARN, each.SIGNING_SECRET_ARN]);
      const arns = [...new Set(theirs.filter((arn) => arn !== undefined))];
      assert.equal(arns.length, 2);
      for (const arn of arns) {
        assert(allowed[other].includes(arn));
        assert(!allowed[name].includes(arn), `${name} does not read what is of ${other}`);
      }
    }
  });

  it('are each destroyed without the other', () => {
    assert.deepEqual(afterwards.prod, functions.prod);
    assert.deepEqual(afterwards.update.steps, []);
    assert.deepEqual(afterwards.left, between.untouched);
  });
});
