// Runs the documentation's deploy commands unchanged, typed at a terminal.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { blocksIn, pages } from '../docs/pages';
import { everything, functionsOf } from './cloud';
import { MomentoAccount } from './momento-account';
import { ProjectCopy, type Ran, succeeded } from './stack';
import { runInTerminal } from './terminal';

const API_KEY = makeLegacyKey();

/** A login would change where the user keeps their state. Here the environment says where it is. */
const LOGIN = 'pulumi() { [ "$1" = login ] || command pulumi "$@"; }\n';

/** Per page: the inputs at the prompts for these settings, in order, and the number of functions afterwards. */
const PAGES: Readonly<Record<string, { typed: Readonly<Record<string, string>>; functions: number }>> = {
  'README.md': { typed: { momentoApiKey: API_KEY }, functions: 4 },
  'docs/configuration.md': { typed: { momentoApiKey: API_KEY }, functions: 0 },
  'docs/deploy-managed.md': { typed: { momentoApiKey: API_KEY, momentoDeployKey: API_KEY }, functions: 4 },
  'docs/deploy-relay.md': { typed: { momentoApiKey: API_KEY }, functions: 0 },
  'docs/deploy-webhook.md': {
    typed: { momentoApiKey: API_KEY, signingSecret: 'the-secret-that-Momento-shows' },
    functions: 4,
  },
};
/** Its command makes another project: see template.test.ts. */
const ELSEWHERE = ['docs/customizing.md'];

const commandsOf = (file: string) =>
  pages
    .filter((page) => page.file === file)
    .flatMap((page) => blocksIn(page, 'sh').filter(({ mark }) => mark === 'run: engine'))
    .map(({ text }) => text)
    .join('\n');

describe("the documentation's commands for Pulumi", () => {
  it('are all on the pages below', () => {
    const found = pages.map(({ file }) => file).filter((file) => commandsOf(file) !== '');
    assert.deepEqual(found.sort(), [...Object.keys(PAGES), ...ELSEWHERE].sort());
  });

  for (const [file, { typed, functions }] of Object.entries(PAGES)) {
    it(`run unchanged from ${file}`, async function () {
      this.timeout(300_000);
      const untouched = await everything();
      const momento = await MomentoAccount.start();
      momento.accept(API_KEY);
      const session = new Session();
      try {
        const commands = commandsOf(file);
        const before = commands.includes('pulumi stack init') ? '' : 'pulumi stack init prod\n';
        succeeded(await session.type(LOGIN + before + commands, typed));
        assert.equal((await functionsOf('prod')).length, functions);
        succeeded(await session.destroy());
        assert.deepEqual(await everything(), untouched);
      } finally {
        session.project.remove();
        await momento.close();
      }
    });
  }
});

/** A user at a terminal who has said yes to every update beforehand. */
class Session {
  readonly project = new ProjectCopy();
  readonly #env = { ...process.env, ...this.project.environment, PULUMI_SKIP_CONFIRMATIONS: 'true' };

  /** Types commands one after another; the first failure ends it. */
  type(commands: string, typed: Readonly<Record<string, string>>): Promise<Ran> {
    const script = path.join(this.project.root, 'commands.sh');
    writeFileSync(script, commands);
    return runInTerminal(`bash -veuo pipefail ${script}`, {
      cwd: this.project.folder,
      env: this.#env,
      // bash prints each command (-v) before its prompt, which is drawn again at the answer.
      answers: Object.entries(typed).map(([key, text]) => [new RegExp(`${key}\\b[^]*value:`), text]),
    });
  }

  destroy(): Promise<Ran> {
    return this.project.pulumi(['destroy', '--yes', '--stack', 'prod']);
  }
}
