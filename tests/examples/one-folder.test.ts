// What an example promises: it is one folder, and runs without a copy or a change of anything else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startStack } from '../../local/stack';
import { sendMessage } from '../../local/stack/flow';
import { verified } from '../verified';

const PROJECT = resolve(__dirname, '../..');
const EXAMPLES = readdirSync(join(PROJECT, 'examples'));
const PARTS = ['handler.ts', 'infra.ts', 'local.ts', 'message.ts', 'tokens.ts'];

/** The project's own files, without documentation and tests. */
function code(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((file) => /\.(ts|js|cjs|json|yaml|html)$/.test(file) && !/^tests\//.test(file));
}

describe('an application', () => {
  it('consists of the same five parts, whichever it is', () => {
    for (const folder of ['application', ...EXAMPLES.map((name) => `examples/${name}`)]) {
      const files = readdirSync(join(PROJECT, folder));
      assert.deepEqual(
        PARTS.filter((part) => !files.includes(part)),
        [],
        folder,
      );
    }
    assert.deepEqual(EXAMPLES, ['dynamodb-comments', 'moderated-chat', 'multi-language-chat']);
  });

  for (const name of EXAMPLES) {
    it(`in examples/${name} is known to no file outside of its folder`, () => {
      const others = code().filter(
        (file) => !file.startsWith(`examples/${name}/`) && file !== 'package-lock.json',
      );
      const naming = others.filter((file) => readFileSync(join(PROJECT, file), 'utf8').includes(name));
      // The command lines name one as an example of the flag.
      assert.deepEqual(
        naming.filter((file) => !['local/cli.ts', 'local/site/cli.ts'].includes(file)),
        [],
      );
    });

    it(`in examples/${name} handles a message from the publisher to what is read back, and passes npm run verify`, async () => {
      const stack = await startStack({ config: { application: `examples/${name}` } });
      try {
        const { example, describe } = stack.application;
        const { userID, text } = await sendMessage(stack, example);
        assert.deepEqual([userID, text], [example.userId, describe(example).text]);
        assert.deepEqual(await verified(stack), ['published', 'handled', 'removed']);
      } finally {
        await stack.close();
      }
    });
  }
});
