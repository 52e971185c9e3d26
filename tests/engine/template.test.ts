// A new project that `pulumi new` makes from a copy of the repository for a person at a terminal.
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { blocksIn, pages } from '../docs/pages';
import { everything, functionsOf, secretValue } from './cloud';
import { copyProject, ProjectCopy, type Ran, Stack } from './stack';
import { runInTerminal } from './terminal';

const API_KEY = makeLegacyKey();

describe('a project that pulumi new made', () => {
  let project: ProjectCopy;
  let made: Ran;
  let deployed: { functions: Awaited<ReturnType<typeof functionsOf>>; key: string | undefined };
  let untouched: string[];
  let left: string[];

  before(async function () {
    this.timeout(600_000);
    project = new ProjectCopy();
    untouched = await everything();
    copyProject(path.join(project.root, 'momento-webhooks'));
    const folder = path.join(project.root, 'my-comments');
    made = await runInTerminal(documented(), {
      cwd: project.root,
      env: { ...process.env, ...project.environment },
      answers: [
        [/Project description/, ''],
        [/Stack name/, 'mine'],
        [/aws:region/, ''],
        [/momentoApiKey/, API_KEY],
      ],
    });
    const stack = new Stack(project, 'mine', folder);
    await stack.up();
    const functions = await functionsOf('mine');
    const { API_KEY_SECRET_ARN = '' } = functions[0]?.Environment?.Variables ?? {};
    deployed = { functions, key: await secretValue(API_KEY_SECRET_ARN) };
    await stack.destroy();
    left = await everything();
  });

  after(() => project?.remove());

  it('asks for the region and the Momento API key, which it does not show', () => {
    assert.equal(made.status, 0, made.stdout + made.stderr);
    assert.match(made.stdout, /AWS region to deploy into/);
    assert.match(made.stdout, /Momento API key, legacy or v2/);
    assert(!made.stdout.includes(API_KEY));
  });

  it('comes up with the first pulumi up, under its own name', () => {
    assert.equal(deployed.functions.length, 4);
    for (const { tags, Environment } of deployed.functions) {
      assert.deepEqual(tags, { project: 'my-comments', stack: 'mine' });
      assert.equal(Environment?.Variables?.CACHE_NAME, 'course-comments-mine');
    }
    assert.equal(deployed.key, API_KEY);
    assert.deepEqual(left, untouched);
  });
});

/** The command that the documentation gives for this. */
function documented(): string {
  const commands = pages.flatMap((page) =>
    blocksIn(page, 'sh').filter(({ text }) => /^pulumi new /.test(text)),
  );
  const [command, ...others] = commands;
  assert(command && others.length === 0, 'the documentation says it once');
  return command.text;
}
