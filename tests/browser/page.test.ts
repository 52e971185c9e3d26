// The live page as a user sees it: in a real Chromium, against the whole stack.
import assert from 'node:assert/strict';
import type { Browser, Locator, Page as Tab } from 'playwright-core';
import { type Page, startPage } from '../../local/page';
import { type Stack, startStack } from '../../local/stack';
import { launch } from './chromium';
import { cutOff, faintTexts, focused, focusIsSeen } from './in-page';

describe('the live page in a browser', () => {
  let browser: Browser;
  let stack: Stack;
  let page: Page;
  let tab: Tab;
  const complaints: string[] = [];
  let course = 0;

  before(async () => {
    stack = await startStack();
    page = await startPage(stack);
    browser = await launch();
  });
  beforeEach(async () => {
    course++; // every test has its own course
    tab = await open();
  });
  afterEach(async () => {
    await tab.locator('[name=trouble][value=none]').setChecked(true, { force: true });
    await tab.close();
    assert.deepEqual(complaints.splice(0), [], 'the browser complains of nothing');
  });
  after(async () => {
    await browser?.close();
    await page?.close();
    await stack?.close();
  });

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Tab> {
    const opened = await browser.newPage({ viewport: { width: 1440, height: 1000 }, ...options });
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    opened.on('request', (request) => {
      if (!request.url().startsWith(page.url)) complaints.push(`asks for ${request.url()}`);
    });
    await opened.goto(page.url);
    await opened.locator('#connection', { hasText: 'connected' }).waitFor();
    return opened;
  }

  async function publish(userId: string, comment: string, courseId = String(course)): Promise<Locator> {
    await tab.getByLabel('User').fill(userId);
    await tab.locator('#publish').getByLabel('Course').fill(courseId);
    await tab.getByRole('textbox', { name: 'Comment' }).fill(comment);
    await tab.getByRole('button', { name: 'Publish' }).click();
    const journey = tab.locator('.journey').filter({ hasText: comment }).filter({ hasText: userId }).first();
    await journey.waitFor();
    return journey;
  }
  const station = (journey: Locator, title: string, state: string) =>
    journey.locator(`.stations li[data-state=${state}]`).filter({ hasText: title });
  const depth = (id: string, count: number) => tab.locator(`#${id} b`, { hasText: new RegExp(`^${count}$`) });
  const make = (trouble: string) => tab.getByRole('radio', { name: trouble }).check({ force: true });

  it('lights up every step of a comment, and shows the stored comment', async () => {
    const journey = await publish('taylor', 'What a course!');
    await station(journey, 'Outcome', 'done').waitFor();
    assert.match(await textOf(station(journey, 'Token', 'done')), /vended for taylor|reused/);
    assert.match(await textOf(station(journey, 'Topic', 'done')), /published as taylor\+[\d.]+\sm?s/);
    assert.match(await textOf(station(journey, 'Webhook', 'done')), /answered 200 in [\d.]+\sm?s/);
    assert.match(await textOf(journey), /x-request-id [0-9a-f-]{36}/);
    const stored = tab.locator('#entries li').first();
    await stored.filter({ hasText: 'taylor' }).filter({ hasText: 'What a course!' }).waitFor();
  });

  it('shows a comment that is a script tag as text', async () => {
    const comment = '<script>document.title = "broken in"</script><img src=x onerror="document.title = 1">';
    const journey = await publish('<b>robin</b>', comment);
    await station(journey, 'Outcome', 'done').waitFor();
    assert.equal(await textOf(journey.locator('.comment')), comment);
    const stored = tab.locator('#entries li').first();
    assert.equal(await textOf(stored.locator('.comment')), comment);
    assert.equal(await textOf(stored.locator('.who b')), '<b>robin</b>');
    assert.equal(await tab.title(), 'momento-webhooks, live');
    assert.equal(await tab.locator('main img, main script').count(), 0);
  });

  it('shows why the publisher refused a comment', async () => {
    await tab.locator('#publish').getByLabel('Course').fill(String(course));
    await tab.getByRole('textbox', { name: 'Comment' }).fill('x'.repeat(5_000));
    await tab.getByRole('button', { name: 'Publish' }).click();
    await tab.locator('#published', { hasText: 'answered 422: comment is too long' }).waitFor();
  });

  for (const { trouble, why } of [
    { trouble: 'is down', why: 'refuses' },
    { trouble: 'is slow', why: 'answers too late' },
  ]) {
    it(`shows a comment that waits in the queue while the cache ${why}, and is then stored once`, async () => {
      await make(trouble);
      const journey = await publish('taylor', `While it ${trouble}`);
      await station(journey, 'Outcome', 'waiting').waitFor();
      assert.match(await textOf(station(journey, 'Webhook', 'done')), /answered 202/);
      await depth('waiting', 1).waitFor();
      await make('works');
      await tab.getByRole('button', { name: 'Skip the wait' }).click();
      await station(journey, 'Outcome', 'done').filter({ hasText: 'from the queue' }).waitFor();
      await depth('waiting', 0).waitFor();
      await tab
        .locator('#entries li')
        .filter({ hasText: `While it ${trouble}` })
        .waitFor();
      assert.equal(await tab.locator('#entries li').count(), 1);
    });
  }

  it('gives a comment up after ten tries', async () => {
    await make('is down');
    const journey = await publish('taylor', 'Nobody wants me');
    for (let tries = 1; tries <= 10; tries++) {
      const told = tries === 1 ? 'tried once' : `tried ${tries} times`;
      await station(journey, 'Outcome', 'waiting').filter({ hasText: told }).waitFor();
      await tab.getByRole('button', { name: 'Skip the wait' }).click();
    }
    await depth('given-up', 1).waitFor();
    await make('works');
  });

  const attacks = [
    {
      button: 'Forge a signature',
      verdict: 'Refused',
      request: /momento-signature: [0-9a-f]{64}/,
      answer: /^403\n[\s\S]*Access Denied!/,
    },
    {
      button: 'Tamper with a body',
      verdict: 'Refused',
      request: /mallory/,
      answer: /^403\n[\s\S]*Access Denied!/,
    },
    { button: 'Replay an event', verdict: 'Changed nothing', request: /momento-signature/, answer: /^200\n/ },
    {
      button: 'Send a stale event',
      verdict: 'Refused',
      request: /publish_timestamp/,
      answer: /^403\n[\s\S]*Stale event/,
    },
    { button: 'Call it unsigned', verdict: 'Refused', request: /userId/, answer: /^403\n[\s\S]*Forbidden/ },
  ];
  for (const { button, verdict, request, answer } of attacks) {
    it(`shows the answer to “${button}”: ${verdict}`, async () => {
      await tab.locator('#publish').getByLabel('Course').fill(String(course));
      await tab.locator('#place').getByLabel('Course').fill(String(course));
      await tab.getByRole('button', { name: 'Show' }).click();
      await tab.getByRole('button', { name: button }).click();
      const attack = tab.locator('#attacks li').filter({ hasText: button });
      assert.match(await textOf(attack.locator('.verdict')), new RegExp(verdict));
      await attack.getByText('Request and answer').click();
      assert.match(await textOf(attack.getByLabel('Request')), request);
      assert.match(await textOf(attack.getByLabel('Answer')), answer);
      const stored = button === 'Replay an event' ? '1 message' : 'No messages yet.';
      await tab.locator('#place-state', { hasText: stored }).waitFor();
    });
  }

  it('works with the keyboard alone', async () => {
    await tab.keyboard.press('Tab');
    assert.equal(await tab.evaluate(focused), 'Skip to the journeys');
    for (const wanted of ['User', 'Course', 'Comment', 'Publish']) {
      await tab.keyboard.press('Tab');
      assert.equal(await tab.evaluate(focused), wanted);
      if (wanted === 'User') await tab.keyboard.type('sam');
      if (wanted === 'Course') await tab.keyboard.type(String(course));
      if (wanted === 'Comment')
        await tab.keyboard.press('Control+a').then(() => tab.keyboard.type('No mouse here'));
    }
    await tab.keyboard.press('Enter');
    const journey = tab.locator('.journey').filter({ hasText: 'No mouse here' });
    await station(journey, 'Outcome', 'done').waitFor();
    await tab.keyboard.press('Tab');
    assert.equal(await tab.evaluate(focused), 'works');
    await tab.keyboard.press('ArrowRight');
    assert.equal(await tab.getByRole('radio', { name: 'is down' }).isChecked(), true);
    assert.equal(await tab.evaluate(focusIsSeen), true);
  });

  it('connects again by itself when the stack has ended and starts again', async () => {
    const { port } = page;
    await page.close();
    await tab.locator('#connection[data-state=failed]').waitFor();
    page = await startPage(stack, { port });
    await tab.locator('#connection', { hasText: 'connected' }).waitFor();
    await tab.locator('#nothing-yet').waitFor(); // what the server forgot is gone from the page too
    complaints.length = 0; // the browser reported the break
  });

  it('shows the same in a browser that opens it later', async () => {
    const journey = await publish('taylor', 'Seen by both');
    await station(journey, 'Outcome', 'done').waitFor();
    const other = await open();
    await other.locator('.journey').filter({ hasText: 'Seen by both' }).first().waitFor();
    await other.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, viewport] of [
      ['a desktop', { width: 1440, height: 1000 }],
      ['a phone', { width: 360, height: 780 }],
    ] as const) {
      it(`fits ${device} in ${colorScheme} colours: nothing is cut off, and every text has the contrast of WCAG AA`, async () => {
        await make('is down');
        const waiting = await publish('taylor', 'x'.repeat(300));
        await station(waiting, 'Outcome', 'waiting').waitFor();
        const other = await open({ viewport, colorScheme, reducedMotion: 'reduce' });
        await other.getByRole('button', { name: 'Forge a signature' }).click();
        await other.locator('.verdict').waitFor();
        assert.equal(await other.evaluate(cutOff), 0);
        const { seen, faint } = await other.evaluate(faintTexts);
        assert.ok(seen > 50, 'the rule finds texts');
        assert.deepEqual(faint, []);
        await other.close();
      });
    }
  }
});

async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}
