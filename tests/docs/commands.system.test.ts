// The commands of the documentation. A block is run as it stands, on the local stack here or on a real engine in
// tests/engine, or its mark says why not.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { isMissing, LocalStack, type Ran } from './local-stack';
import { blocksIn, type Page, PROJECT, pages } from './pages';

const commands = (page: Page) => blocksIn(page, 'sh', 'bash');
const runHere = pages.filter((page) => commands(page).some(({ mark }) => mark === 'run: local'));
const { scripts } = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8'));

/** The blocks of a page that run here, one after the other in one shell. */
const scriptOf = (page: Page) =>
  commands(page)
    .filter(({ mark }) => mark === 'run: local')
    .map(({ text }) => text)
    .join('\n');

describe("the documentation's commands", () => {
  it('are each run by a test, or marked with the reason why not', () => {
    const unmarked = pages.flatMap((page) =>
      commands(page)
        .filter(({ mark }) => !mark || !/^(run: (local|engine)|not run: .{10,})$/.test(mark))
        .map(({ line }) => `${page.file}:${line}`),
    );
    assert.deepEqual(unmarked, []);
  });

  it('are in blocks that name their language', () => {
    const unnamed = pages.flatMap((page) => blocksIn(page, '').map(({ line }) => `${page.file}:${line}`));
    assert.deepEqual(unnamed, []);
  });

  it('name scripts of package.json, and tests that are there', () => {
    for (const { file, text } of pages) {
      for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g)) {
        assert(name in scripts, `${file}: there is no npm run ${name}`);
      }
      for (const [name] of text.matchAll(/\btests\/[\w/.-]+\.test\.ts\b/g)) {
        assert(existsSync(path.join(PROJECT, name)), `${file}: there is no ${name}`);
      }
    }
  });

  describe('against the stack that npm start runs', function () {
    this.timeout(240_000);
    let stack: LocalStack;

    before(async () => {
      stack = await LocalStack.start();
    });
    after(() => stack?.close());

    const succeeded = ({ status, printed }: Ran) => assert.equal(status, 0, printed);

    it('send dead letters back, which are then stored', async function () {
      if (isMissing('aws')) this.skip();
      const [page] = runHere.filter(({ file }) => file === 'docs/operations.md');
      assert(page);
      const event = JSON.stringify({
        cache: 'course-comments-dev',
        topic: 'comment',
        event_timestamp: Date.now(),
        publish_timestamp: Date.now(),
        topic_sequence_number: 7,
        token_id: 'taylor',
        text: JSON.stringify({ comment: 'Given up', courseId: 'dead letters' }),
      });
      succeeded(
        await stack.run(`aws sqs send-message --queue-url "$DEAD_LETTERS" --message-body '${event}'`),
      );
      succeeded(await stack.run(scriptOf(page)));
      let read: Ran;
      do read = await stack.run('npm run read -- --course "dead letters"');
      while (read.status === 0 && read.printed.includes('no comments on course'));
      assert.match(read.printed, /"taylor" {2}"Given up"/);
    });

    it('publish comments, which are then read', async function () {
      if (isMissing('aws') || isMissing('curl')) this.skip();
      for (const page of runHere.filter(({ file }) => /README|publishing/.test(file))) {
        succeeded(await stack.run(scriptOf(page)));
      }
      let read: Ran;
      do read = await stack.run('npm run read -- --course 123');
      while (read.status === 0 && (read.printed.match(/"taylor"/g)?.length ?? 0) < 4);
      const comments = [...read.printed.matchAll(/"taylor" {2}"(.*)"$/gm)].map(([, comment]) => comment);
      assert.deepEqual(comments.sort(), ['Me again', 'Once more', 'What a course!', 'What a course!']);
    });

    const others = runHere.filter(({ file }) => !/README|publishing|operations/.test(file));
    for (const page of others) {
      it(`run as they stand in ${page.file}`, async function () {
        const missing = ['aws', 'curl'].filter((one) => scriptOf(page).includes(`${one} `) && isMissing(one));
        if (missing.length > 0) {
          console.log(`      not run: this machine has no ${missing.join(', ')}`);
          this.skip();
        }
        succeeded(await stack.run(scriptOf(page)));
      });
    }
  });
});
