// `npm run screenshot`: takes the picture of the live page that the README shows.
import { resolve } from 'node:path';
import { startPage } from '../../local/page';
import { startStack } from '../../local/stack';
import { sendMessage } from '../../local/stack/flow';
import { launch } from './chromium';

const PICTURE = resolve(__dirname, '../../docs/live-page.png');
const ATTACKS = [
  'Forge a signature',
  'Tamper with a body',
  'Replay an event',
  'Send a stale event',
  'Call it unsigned',
];

async function main(): Promise<void> {
  const stack = await startStack();
  // The first call starts an instance of each function. The picture leaves out its times.
  await sendMessage(stack, { userId: 'alex', courseId: 1, comment: 'First!' });
  const page = await startPage(stack);
  const browser = await launch();
  const tab = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await tab.goto(page.url);

  const publish = async (userId: string, comment: string, end: string) => {
    await tab.getByLabel('User').fill(userId);
    await tab.getByRole('textbox', { name: 'Comment' }).fill(comment);
    await tab.getByRole('button', { name: 'Publish', exact: true }).click();
    const journey = tab.locator('.journey:not(.is-attack)').filter({ hasText: comment });
    await journey.locator('.stations li').last().filter({ hasText: end }).waitFor();
  };
  for (const attack of ATTACKS) {
    await tab.getByRole('button', { name: attack }).click();
    await tab.locator('#attacks li').filter({ hasText: attack }).locator('.verdict').waitFor();
  }
  await publish('taylor', 'What a course!', 'stored');
  await publish('robin', 'I second that <3', 'stored');
  await tab.getByRole('radio', { name: 'is down' }).check({ force: true });
  await publish('sam', 'Does anybody hear me?', 'tried once');
  await tab.locator('h1').click(); // so that nothing has the focus
  await tab.screenshot({ path: PICTURE, fullPage: true });
  console.log(PICTURE);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
