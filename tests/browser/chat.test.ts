// The multi-language chat as its users see it: real browsers, against the whole stack.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import { FAULT_KINDS, type FaultKind } from 'local-momento';
import type { Browser } from 'playwright-core';
import type { Site } from '../../local/site';
import type { Stack } from '../../local/stack';
import { type Chat, enter, live, shown, startChat, type User } from './chat-users';
import { launch } from './chromium';
import { publishForged } from './in-page-chat';

describe('the multi-language chat', () => {
  let browser: Browser;
  let chat: Chat;
  let stack: Stack;
  let site: Site;
  let taylor: User;
  let lucia: User;

  before(async () => {
    chat = await startChat('en,es,ar');
    ({ stack, site } = chat);
    browser = await launch();
    [taylor, lucia] = await Promise.all([
      enter(browser, site, { name: 'Taylor', locale: 'en-US' }),
      enter(browser, site, { name: 'Lucía', locale: 'es-ES' }),
    ]);
  });
  afterEach(async () => {
    stack.setFaults(undefined);
    const complaints = [taylor, lucia].flatMap((user) => user.complaints.splice(0));
    assert.deepEqual(complaints, [], 'the browsers complain of nothing');
    await Promise.all([taylor.reload(), lucia.reload()]);
  });
  after(async () => {
    await browser?.close();
    await chat?.close();
  });

  it('shows each user the others’ messages in their own language, and the original when asked', async () => {
    const text = `Hello, everybody! ${randomUUID()}`;
    await taylor.write(text);
    const translated = shown(lucia.message(`español: ${text}`));
    await translated.filter({ hasText: 'Taylor' }).waitFor();
    assert.equal(await translated.locator('.text').getAttribute('lang'), 'es');
    const original = translated.locator('.original');
    assert.equal(await original.isVisible(), false);
    await translated.getByRole('button', { name: 'Translated from English' }).click();
    assert.equal(await original.textContent(), text);
    await shown(taylor.message(text)).waitFor();
    assert.equal(await taylor.message(text).count(), 1, 'the pending one has gone');
  });

  it('shows what is on its way as such, and as sent when Momento took it', async () => {
    stack.setFaults((operation) => (operation === 'TranslateText' ? { kind: 'refuse' } : undefined));
    const text = `Patience ${randomUUID()}`;
    await taylor.write(text);
    await taylor.message(text).filter({ hasText: 'Sent. It is being translated…' }).waitFor();
    stack.setFaults(undefined);
    await shown(taylor.message(text)).waitFor();
    await shown(lucia.message(text)).waitFor();
  });

  it('shows a message with a forged name under the name of its token', async () => {
    const text = `It was not me ${randomUUID()}`;
    await taylor.tab.evaluate(publishForged, { text, userId: 'Lucía' });
    const message = shown(lucia.message(text));
    await message.filter({ hasText: 'Taylor' }).waitFor();
    assert.equal(await message.filter({ hasText: 'Lucía' }).count(), 0);
    assert.equal(await message.getAttribute('data-own'), null);
  });

  it('tells the sender alone that a message is withheld, why, and lets it be written anew', async () => {
    const mark = randomUUID();
    await taylor.write(`what the fuck ${mark}`);
    const withheld = taylor.message(mark);
    await withheld
      .filter({ hasText: 'Nobody sees this message: it has a word that is not welcome here' })
      .waitFor();
    assert.equal(await withheld.count(), 1);
    await lucia.write(`después ${mark}`);
    await shown(lucia.message(`después ${mark}`)).waitFor();
    assert.equal(await lucia.message(`fuck ${mark}`).count(), 0);
    await withheld.getByRole('button', { name: 'Edit it' }).click();
    assert.equal(await taylor.tab.getByRole('textbox').inputValue(), `what the fuck ${mark}`);
  });

  it('shows the history to who comes later, and in another language to who changes it', async () => {
    const text = `Before you came ${randomUUID()}`;
    await taylor.write(text);
    await shown(lucia.message(text)).waitFor();
    const late = await enter(browser, site, { name: 'Sam', locale: 'ar' });
    await shown(late.message(`العربية: ${text}`)).waitFor();
    await late.tab.getByLabel('Your language').selectOption('es');
    await shown(late.message(`español: ${text}`)).waitFor();
    assert.equal(await late.message(text).count(), 1);
    await late.tab.reload();
    await shown(late.message(`español: ${text}`)).waitFor();
    await late.close();
  });

  it('keeps hearing the language chosen last, whichever is subscribed to first', async () => {
    let late = 0;
    stack.momento.on('subscribed', ({ topic }) => {
      if (topic === 'chat-ar') late++;
    });
    stack.setFaults((operation, request) =>
      operation === 'Subscribe' && Object(request).topic === 'chat-ar'
        ? { kind: 'delay', ms: 1_000 }
        : undefined,
    );
    const sam = await enter(browser, site, { name: 'Sam', locale: 'en' });
    const language = sam.tab.getByLabel('Your language');
    const asked = sam.tab.waitForRequest(/Pubsub\/Subscribe$/);
    await language.selectOption('ar');
    await asked;
    await language.selectOption('es');
    await live(sam.tab);
    const left: string[] = [];
    stack.momento.on('unsubscribed', ({ topic }) => left.push(topic));
    while (late === 0 || left.length === 0) await sam.tab.evaluate('new Promise(requestAnimationFrame)');
    assert.deepEqual(left, ['chat-ar']);
    await sam.close();
  });

  it('shows what is on its way at the end, although the clock of its sender is behind', async () => {
    const sam = await enter(browser, site, { name: 'Sam', locale: 'en' });
    const text = `Before ${randomUUID()}`;
    await taylor.write(text);
    await shown(sam.message(text)).waitFor();
    await sam.tab.clock.setFixedTime(Date.now() - 600_000);
    stack.setFaults((operation) => (operation === 'Publish' ? { kind: 'refuse' } : undefined));
    await sam.write('Behind the times');
    await sam.message('Behind the times').waitFor();
    assert.match(String(await sam.tab.locator('#messages > li').last().textContent()), /Behind the times/);
    await sam.close();
  });

  it('shows users’ texts as text, each in its own direction', async () => {
    const text = `<img src=x onerror="document.title = 1"><script>document.title = 2</script> ${randomUUID()}`;
    await taylor.write(text);
    const message = shown(lucia.message(text));
    await message.waitFor();
    assert.equal(await message.locator('.text').getAttribute('dir'), 'auto');
    assert.equal(await lucia.tab.locator('#messages img, #messages script').count(), 0);
    assert.equal(await lucia.tab.title(), 'Chat in every language');
  });

  it('has no gap and nothing twice after Momento was restarted, although messages were sent meanwhile', async () => {
    const mark = randomUUID();
    const [before, during, after] = [`before ${mark}`, `during ${mark}`, `after ${mark}`] as const;
    await taylor.write(before);
    await shown(lucia.message(before)).waitFor();
    stack.setFaults((operation) => (operation === 'Subscribe' ? { kind: 'refuse' } : undefined));
    stack.momento.restart();
    const down = lucia.tab.getByRole('alert').filter({ hasText: 'Your connection is down' });
    await down.waitFor();
    await taylor.write(during); // it waits, and is sent by itself
    stack.setFaults(undefined);
    for (const { tab } of [taylor, lucia]) await live(tab);
    await down.waitFor({ state: 'hidden' });
    await lucia.write(after);
    for (const user of [taylor, lucia]) {
      for (const one of [before, during, after]) {
        await shown(user.message(one)).waitFor();
        assert.equal(await user.message(one).count(), 1, one);
      }
    }
  });

  it('misses nothing that was published between a cut and the SDK’s next subscription', async () => {
    const late = await enter(browser, site, { name: 'Sam', locale: 'es-ES' });
    const text = `Between ${randomUUID()}`;
    stack.momento.connections.close(); // Sam's stream had no message yet, so it has no place to resume at
    await taylor.write(text);
    await shown(late.message(text)).waitFor();
    await late.close();
  });

  /** How a fault hits: the first publication of a text, or each. */
  const publishOf = (request: unknown, topic: string) =>
    request instanceof cache_client.pubsub._PublishRequest && request.topic === topic;
  for (const kind of FAULT_KINDS.filter((one) => one !== 'end-stream' && one !== 'wrong-page')) {
    it(`shows a message once when its sending meets the fault ${kind}`, async () => {
      await once(kind, 'Publish', (request) => publishOf(request, 'chat-publish'));
    });
  }
  for (const kind of ['refuse', 'apply-then-time-out', 'answer-then-drop'] as const) {
    it(`shows a message once when its translation's publication meets the fault ${kind}`, async () => {
      await once(kind, 'Publish', (request) => publishOf(request, 'chat-es'));
    });
  }
  for (const kind of ['end-stream', 'wrong-page', 'refuse', 'apply-then-stall'] as const) {
    it(`shows a message once when subscribing again meets the fault ${kind}`, async () => {
      const fault = once(kind, 'Subscribe', () => true);
      stack.momento.connections.close();
      await fault;
    });
  }

  /** Puts a fault on one call, lets Taylor write, and looks for the message in both browsers. */
  async function once(kind: FaultKind, name: string, hits: (request: unknown) => boolean): Promise<void> {
    let isOver = false;
    stack.setFaults((operation, request) => {
      if (isOver || operation !== name || !hits(request)) return undefined;
      isOver = true;
      return { kind, ms: 300 };
    });
    const [text, next] = [`Once ${randomUUID()}`, `Next ${randomUUID()}`];
    await taylor.write(text);
    for (const user of [taylor, lucia]) await shown(user.message(text)).waitFor();
    assert.equal(isOver, true, 'the fault has hit');
    await lucia.write(next);
    for (const user of [taylor, lucia]) await shown(user.message(next)).waitFor();
    await stack.queuesIdle();
    for (const user of [taylor, lucia]) assert.equal(await user.message(text).count(), 1);
  }

  it('asks for a new token before the old one expires, and goes on', async () => {
    const context = await browser.newContext({ locale: 'es-ES' });
    await context.clock.install();
    const tab = await context.newPage();
    let tokens = 0;
    tab.on('response', (response) => {
      if (response.url() === `${site.url}token` && response.ok()) tokens++;
    });
    await tab.goto(site.url);
    await tab.getByLabel('Your name').fill('Sam');
    await tab.getByRole('button', { name: 'Continue' }).click();
    await live(tab);
    assert.equal(tokens, 1);
    const renewed = tab.waitForResponse(`${site.url}token`);
    await context.clock.fastForward('25:00');
    await renewed;
    const text = `Still here ${randomUUID()}`;
    await taylor.write(text);
    await tab.locator('#messages > li').filter({ hasText: text }).waitFor();
    await context.close();
  });

  it('goes to the sign-in when nobody is signed in any more', async () => {
    const { tab, ...sam } = await enter(browser, site, { name: 'Sam', locale: 'en' });
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await tab.waitForURL(`${site.url}sign-in`);
    await tab.goto(site.url);
    await tab.waitForURL(`${site.url}sign-in`);
    await tab.getByText('A stand-in, on this machine alone.').waitFor();
    await sam.close();
    const late = await enter(browser, site, { name: 'Sam', locale: 'en' });
    await late.tab.context().clearCookies(); // the session ends while the page is open
    await late.tab.getByLabel('Your language').selectOption('es');
    await late.tab.waitForURL(`${site.url}sign-in`);
    await late.close();
  });
});
