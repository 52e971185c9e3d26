// The live page and the chat behind API Gateway: what each of them does through the API, and how its refusals show.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { parseFault } from 'local-momento';
import type { Browser } from 'playwright-core';
import { type Chat, enter, shown, startChat } from './chat-users';
import { launch } from './chromium';
import { LivePage, runLine, textOf } from './live-page';

const front = 'http-api';

describe('the live page with API Gateway in front', () => {
  const live = new LivePage({ config: { front } });

  it('shows the first journey with the INIT of its function, and the API’s addresses', async () => {
    const journey = await live.publish('taylor', 'Through the API');
    await live.station(journey, 'Outcome', 'done').waitFor();
    const webhook = await textOf(live.station(journey, 'Webhook', 'done'));
    assert.match(webhook, /answered 20[02] in [\d.]+\sm?s, after an INIT of [\d.]+\sm?s/);
    const addresses = await live.tab.locator('#addresses code').allTextContents();
    const urls = addresses.slice(0, 3).map((address) => new URL(address));
    assert.deepEqual(
      urls.map(({ pathname }) => pathname),
      ['/webhook', '/comments', '/tokens'],
    );
    assert.equal(new Set(urls.map(({ host }) => host)).size, 1);
  });

  it('publishes from this browser with a token of the route for tokens', async () => {
    await live.tab.getByRole('radio', { name: 'this browser' }).check({ force: true });
    const journey = await live.publish('robin', 'With my own token');
    await live.station(journey, 'Outcome', 'done').waitFor();
    const token = await textOf(live.station(journey, 'Token', 'done'));
    assert.match(token, /vended for robin by the token service/);
  });

  for (const { button, sentTo, answer } of [
    { button: 'Forge a signature', sentTo: '/webhook', answer: /^403\n[\s\S]*Access Denied!/ },
    { button: 'Tamper with a body', sentTo: '/webhook', answer: /^403\n[\s\S]*Access Denied!/ },
    { button: 'Replay an event', sentTo: '/webhook', answer: /^200\n/ },
    { button: 'Send a stale event', sentTo: '/webhook', answer: /^403\n[\s\S]*Stale event/ },
    { button: 'Call it unsigned', sentTo: '/comments', answer: /^403\n[\s\S]*{"message":"Forbidden"}$/ },
  ]) {
    it(`shows the answer to “${button}”`, async () => {
      const attack = await attacked(button);
      assert.match(await textOf(attack.getByLabel('Request')), new RegExp(`^POST ${sentTo}\n`));
      assert.match(await textOf(attack.getByLabel('Answer')), answer);
    });
  }

  it('shows a request over the limit, which reaches no function, as refused with 429', async () => {
    live.stack.setFaults(parseFault('HttpApi=throttle'));
    const attack = await attacked('Replay an event');
    assert.equal(await textOf(attack.locator('.verdict')), 'Refused');
    assert.match(await textOf(attack.getByLabel('Answer')), /^429\n[\s\S]*{"message":"Too Many Requests"}$/);
    const ended = live.tab.locator('.journey.is-attack').filter({ hasText: 'Replay an event' }).first();
    await live.station(ended, 'Webhook', 'done').filter({ hasText: 'refused with 429' }).waitFor();

    const journey = await live.publish('taylor', 'One too many');
    const refused = live.station(journey, 'Publisher', 'failed');
    await refused.filter({ hasText: 'answered 429: Too Many Requests' }).waitFor();
    await live.tab.getByRole('radio', { name: 'this browser' }).check({ force: true });
    await live.write('sam', 'Without a token');
    await live.press('Publish');
    const failure = live.tab.locator('#published .failure');
    await failure.filter({ hasText: 'the token service answered 429: Too Many Requests' }).waitFor();
    live.complaints.length = 0; // the browser reported the last refusal, which the page passes on
  });

  it('shows command lines that do through the API what the page does, and only at its routes', async () => {
    await live.write('robin', 'With curl, through the API');
    await live.tab.locator('#publish-curl summary').click();
    await runLine(await textOf(live.tab.getByLabel('Publish, with curl')));
    const journey = live.journey('With curl, through the API').first();
    await live.station(journey, 'Outcome', 'done').waitFor();

    const attack = await attacked('Forge a signature');
    const forge = await textOf(attack.getByLabel('With curl'));
    assert.match(await runLine(forge), /Access Denied!/);
    const elsewhere = forge.replace(/\/webhook'$/, "/webhook/x'");
    assert.equal(await runLine(elsewhere), '{"message":"Not Found"}');
  });

  it('shows a comment that was given up, and sends it back', async () => {
    const journey = await live.giveUp('taylor', 'Nobody wants me');
    await live.make('works');
    await journey.getByRole('button', { name: 'Send it back' }).click();
    await live.station(journey, 'Outcome', 'done').filter({ hasText: 'from the queue' }).waitFor();
    await live.depth('given-up', 0).waitFor();
  });

  it('publishes a hundred comments by twenty users within its limits, and counts them', async function () {
    this.timeout(120_000);
    await live.write('taylor', 'To be replaced');
    assert((await live.burst()) > 0);
    assert.doesNotMatch(await textOf(live.tab.locator('#burst-state')), /429/);
  });

  /** Carries out an attack, and unfolds its request and its answer. */
  async function attacked(button: string) {
    await live.press(button);
    const attack = live.tab.locator('#attacks li').filter({ hasText: button });
    await attack.getByText('Request and answer').click();
    return attack;
  }
});

describe('the live page of a relay with API Gateway in front', () => {
  const live = new LivePage({ config: { front, delivery: 'relay' } });
  const state = (text: string) => live.tab.locator('#relay-state', { hasText: text }).waitFor();

  it('shows that the relay sends again what the API refuses as too many, once it is killed and replaced', async () => {
    const first = await live.publish('taylor', 'Before the refusals');
    await live.station(first, 'Outcome', 'done').waitFor();
    await live.press('Freeze it');
    await state('is frozen');
    await live.fromBackend('taylor', 'Through a narrow API');
    let refused = 0;
    live.stack.events.on('request', ({ url, status }) => {
      if (url !== 'webhook' || status !== 429) return;
      refused++;
      live.stack.setFaults(undefined);
    });
    live.stack.setFaults(parseFault('HttpApi=throttle'));
    await live.press('Kill it');
    await state('follows the topic; it continued at message');
    await live.station(live.journey('Through a narrow API'), 'Outcome', 'done').waitFor();
    assert.equal(refused, 1);
    await live.tab.locator('#behind').getByText('0', { exact: true }).waitFor();
  });
});

describe('the chat with API Gateway in front', () => {
  let browser: Browser;
  let chat: Chat;
  before(async () => {
    [chat, browser] = await Promise.all([startChat('en,es', { front }), launch()]);
  });
  after(async () => {
    await browser?.close();
    await chat?.close();
  });

  it('signs two users in, each with a token, and translates between them', async () => {
    const { site, stack } = chat;
    assert.equal(new URL(String(stack.outputs.tokensUrl)).pathname, '/tokens');
    const [taylor, lucia] = await Promise.all([
      enter(browser, site, { name: 'Taylor', locale: 'en-US' }),
      enter(browser, site, { name: 'Lucía', locale: 'es-ES' }),
    ]);
    const text = `Hello through the API ${randomUUID()}`;
    await taylor.write(text);
    await shown(lucia.message(`español: ${text}`)).waitFor();
    assert.deepEqual([...taylor.complaints, ...lucia.complaints], []);
    await Promise.all([taylor.close(), lucia.close()]);
  });

  it('comes up by itself once the API lets a request for a token through again', async () => {
    const { site, stack } = chat;
    let refused = 0;
    stack.events.on('request', ({ url, status }) => {
      if (url !== 'tokens' || status !== 429) return;
      refused++;
      stack.setFaults(undefined);
    });
    stack.setFaults(parseFault('HttpApi=throttle'));
    const sam = await enter(browser, site, { name: 'Sam', locale: 'en' });
    assert.equal(refused, 1);
    await sam.close();
  });
});
