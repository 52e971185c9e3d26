// The live page of a whole stack in a real Chromium, and what a user does there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Locator, Page as Tab } from 'playwright-core';
import { signedPost } from '../../local/commands/signed-fetch';
import { type Page, startPage } from '../../local/page';
import { type Stack, type StackOptions, startStack } from '../../local/stack';
import { launch } from './chromium';
import { burstIsOver } from './in-page';

type TabOptions = Parameters<Browser['newPage']>[0];

/** A stack and its page for all tests of a `describe`, and a tab for each. */
export class LivePage {
  #started: { stack: Stack; browser: Browser } | undefined;
  #page: Page | undefined;
  #tab: Tab | undefined;
  /** What the browser complained of: a test that causes it empties the list. */
  readonly complaints: string[] = [];
  /** Every test has its own course. */
  course = 0;

  constructor(options: StackOptions = {}) {
    before(async () => {
      // Nobody waits for Momento's pace, and it waits for a webhook that a busy machine keeps waiting.
      const momento = { deliveriesPerSecond: 50, deliveryTimeoutMs: 30_000, ...options.momento };
      const [stack, browser] = await Promise.all([startStack({ ...options, momento }), launch()]);
      this.#started = { stack, browser };
      await this.start();
    });
    beforeEach(async () => {
      this.course++;
      this.#tab = await this.open();
    });
    afterEach(async () => {
      await this.tab.locator('[name=trouble][value=none]').setChecked(true, { force: true });
      await this.tab.close();
      this.stack.setFaults(undefined);
      assert.deepEqual(this.complaints.splice(0), [], 'the browser complains of nothing');
    });
    after(async () => {
      await this.#started?.browser.close();
      await this.#page?.close();
      await this.#started?.stack.close();
    });
  }

  get stack(): Stack {
    assert(this.#started);
    return this.#started.stack;
  }

  get page(): Page {
    assert(this.#page);
    return this.#page;
  }

  get tab(): Tab {
    assert(this.#tab);
    return this.#tab;
  }

  /** Serves the page where it was before, of a stack without troubles. */
  async start(): Promise<void> {
    this.stack.setFaults(undefined);
    this.#page = await startPage(this.stack, this.#page && { port: this.#page.port });
  }

  async open(options: TabOptions = {}): Promise<Tab> {
    assert(this.#started);
    const opened = await this.#started.browser.newPage({
      viewport: { width: 1440, height: 1000 },
      ...options,
    });
    opened.on('pageerror', (error) => this.complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    opened.on('request', (request) => {
      const expected = [this.page.url, this.stack.momento.url];
      if (expected.some((url) => request.url().startsWith(url))) return;
      this.complaints.push(`asks for ${request.url()}`);
    });
    await opened.goto(this.page.url);
    await this.connected(opened);
    return opened;
  }

  connected(tab = this.tab): Promise<void> {
    return tab.locator('#connection', { hasText: 'connected' }).waitFor();
  }

  async write(userId: string, comment: string): Promise<void> {
    await this.tab.getByLabel('User').fill(userId);
    await this.tab.locator('#publish').getByLabel('Course').fill(String(this.course));
    await this.tab.getByRole('textbox', { name: 'Comment' }).fill(comment);
  }

  /** Publishes a comment in the course of the test, and returns its journey. */
  async publish(userId: string, comment: string): Promise<Locator> {
    await this.write(userId, comment);
    await this.press('Publish');
    const journey = this.journey(comment).filter({ hasText: userId }).first();
    await journey.waitFor();
    return journey;
  }

  /** Publishes a comment in the course of the test without the page, as a backend does. */
  async fromBackend(userId: string, comment: string): Promise<void> {
    const { outputs, credentials, signingName: service, region } = this.stack;
    const body = JSON.stringify({ userId, courseId: this.course, comment });
    const answer = await signedPost(String(outputs.publisherUrl), { service, credentials, region, body });
    assert.equal(answer.status, 200);
  }

  journey(text: string): Locator {
    return this.tab.locator('.journey:not(.is-attack)').filter({ hasText: text });
  }

  press(button: string): Promise<void> {
    return this.tab.getByRole('button', { name: button, exact: true }).click();
  }

  make(trouble: string): Promise<void> {
    return this.tab.getByRole('radio', { name: trouble }).check({ force: true });
  }

  station(journey: Locator, title: string, state: string): Locator {
    return journey.locator(`.stations li[data-state=${state}]`).filter({ hasText: title });
  }

  /** A counter that shows this number. */
  depth(id: string, count: number | string): Locator {
    return this.tab.locator(`#${id} b`).getByText(String(count), { exact: true });
  }

  /**
   * Publishes a hundred comments by twenty users in the course of the test, and waits until the page has an outcome of each.
   * Momento calls a webhook once, so a machine that is busy enough loses some. Returns how many the page says are handled.
   */
  async burst(): Promise<number> {
    const state = this.tab.locator('#burst-state');
    await this.press('Publish 100 by 20 users');
    await state.filter({ hasText: '100 of 100 published by 20 users' }).waitFor({ timeout: 90_000 });
    await this.tab.waitForFunction(burstIsOver, 100, { timeout: 90_000 });
    const told = /handled: half within [\d.]+\s\w+, the slowest in [\d.]+\s\w+/;
    await state.filter({ hasText: told }).waitFor();
    const handled = Number(/(\d+) handled/.exec(await textOf(state))?.[1]);
    const { application, access } = this.stack;
    const stored = await application.read(String(this.course), access, 1_000);
    const ofBurst = stored.filter(({ userID }) => userID.startsWith('user-'));
    assert(ofBurst.length >= handled, `${handled} handled, ${ofBurst.length} stored`);
    assert.equal(new Set(ofBurst.map(({ text }) => text)).size, ofBurst.length, 'each once');
    return handled;
  }

  /** Lets a comment fail until it is in the dead-letter queue, and returns its journey. */
  async giveUp(userId: string, comment: string): Promise<Locator> {
    await this.make('is down');
    const journey = await this.publish(userId, comment);
    for (let tries = 1; tries <= 10; tries++) {
      const told = tries === 1 ? 'tried once' : `tried ${tries} times`;
      await this.station(journey, 'Outcome', 'waiting').filter({ hasText: told }).waitFor();
      await this.press('Skip the wait');
    }
    await this.station(journey, 'Outcome', 'given-up').waitFor();
    return journey;
  }
}

export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}

/** Runs a command line that the page shows, and returns what it prints. */
export async function runLine(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', `${line} --silent`]);
  return stdout;
}
