// What the live page shows beyond a message's way: many at once, what each step checked, attacks, and the relay.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { LivePage, runLine, textOf } from './live-page';

describe('the live page', () => {
  const live = new LivePage();

  it('shows what each step checked and what it logged, to a mouse, to the keyboard, and to a finger', async () => {
    const journey = await live.publish('taylor', 'Look closer');
    await live.station(journey, 'Outcome', 'done').waitFor();
    const details = live.tab.getByRole('tooltip');
    const title = (name: string): Locator => journey.locator('.stations').getByRole('button', { name });

    await title('Webhook').hover();
    await details.getByText('Momento’s signature of every byte').waitFor();
    const requestId = /[0-9a-f-]{36}/.exec(await textOf(journey.locator('.what code')))?.[0] ?? 'none';
    const logged = JSON.parse(await textOf(details.locator('pre')));
    assert.deepEqual([logged.message.outcome, logged.message.requestId], ['stored', requestId]);
    await live.tab.mouse.move(0, 0);
    await details.waitFor({ state: 'hidden' });

    await journey.locator('summary').focus();
    await live.tab.keyboard.press('Tab');
    await details.getByText('The caller’s AWS signature').waitFor();
    assert.match(await textOf(details.locator('pre')), /"outcome":"published"/);
    assert.equal(await title('Publisher').getAttribute('aria-describedby'), 'step-details');
    await live.tab.keyboard.press('Escape');
    await details.waitFor({ state: 'hidden' });

    const phone = await live.open({ hasTouch: true, viewport: { width: 375, height: 700 } });
    await phone.locator('.journey .stations').first().getByRole('button', { name: 'Token' }).tap();
    await phone.getByRole('tooltip').getByText('for one user').waitFor();
    await phone.locator('h1').tap();
    await phone.getByRole('tooltip').waitFor({ state: 'hidden' });
    await phone.close();
  });

  it('shows each attack among the journeys, where it ended', async () => {
    const ends = [
      { attack: 'Forge a signature', station: 'Webhook', end: /refused with 403 in/ },
      { attack: 'Replay an event', station: 'Outcome', end: /changed nothing/ },
      { attack: 'Call it unsigned', station: 'Publisher', end: /refused with 403 in/ },
    ];
    for (const { attack, station, end } of ends) {
      await live.press(attack);
      const journey = live.tab.locator('.journey.is-attack').filter({ hasText: attack });
      await journey.waitFor();
      assert.match(await textOf(live.station(journey, station, 'done')), end);
      const later = await journey.locator('[data-state=unreached]').count();
      assert.equal(later, { Publisher: 4, Webhook: 1, Outcome: 0 }[station]);
    }
  });

  it('shows each action as a curl command that does it', async () => {
    await live.write('robin', "It’s curl’s, isn't it?");
    await live.tab.locator('#publish-curl summary').click();
    await runLine(await textOf(live.tab.getByLabel('Publish, with curl')));
    const journey = live.journey('It’s curl’s').first();
    await live.station(journey, 'Outcome', 'done').waitFor();
    await live.tab.locator('#trouble-curl summary').click();
    const [, isDown = ''] = (await textOf(live.tab.getByLabel('is slow, with curl'))).split('\n');
    await runLine(isDown);
    await live.tab.locator('[name=trouble][value=down]:checked').waitFor();

    await live.press('Forge a signature');
    const attack = live.tab.locator('#attacks li').filter({ hasText: 'Forge a signature' });
    await attack.getByText('Request and answer').click();
    assert.match(await runLine(await textOf(attack.getByLabel('With curl'))), /Access Denied!/);
  });

  it('publishes from this browser as a user, and what the message says of its author changes nothing', async () => {
    const { tab } = live;
    await tab.getByRole('radio', { name: 'this browser' }).check({ force: true });
    await tab.getByLabel('Forge the author in the message').fill('mallory');
    const journey = await live.publish('taylor', 'By mallory, I swear');
    await tab.locator('#published', { hasText: 'Momento took it, with a token of taylor' }).waitFor();
    await live.station(journey, 'Outcome', 'done').waitFor();
    const token = await textOf(live.station(journey, 'Token', 'done'));
    assert.match(token, /vended for taylor by the token service/);
    assert.equal(await live.station(journey, 'Publisher', 'unneeded').count(), 1);
    await journey
      .getByText('The message says that mallory wrote it. Only the token counts: taylor did.')
      .waitFor();
    await tab.locator('#place').getByLabel('Course').fill(String(live.course));
    await live.press('Show');
    const stored = tab.locator('#entries li').filter({ hasText: 'By mallory, I swear' });
    assert.equal(await textOf(stored.locator('.who bdi')), 'taylor');

    await live.write('robin', 'y'.repeat(5_000));
    await live.press('Publish');
    await tab.locator('#published .failure', { hasText: /^Momento refused it: / }).waitFor();
  });
});

describe('the live page of a stack with a relay', () => {
  const live = new LivePage({ config: { delivery: 'relay' } });
  const state = (text: string) => live.tab.locator('#relay-state', { hasText: text }).waitFor();

  it('publishes a hundred comments by twenty users, and counts them with their latency as they arrive', async function () {
    this.timeout(120_000);
    const done = await live.publish('taylor', 'Before the burst');
    await live.station(done, 'Outcome', 'done').waitFor();
    const seen = new Set<number>();
    await live.tab.exposeFunction('seenDone', (count: number) => seen.add(count));
    await live.tab.evaluate(
      `new MutationObserver(() => window.seenDone(parseInt(document.querySelector('#burst-state').textContent.split(/users/)[1])))
        .observe(document.querySelector('#burst-state'), { childList: true })`,
    );
    assert.equal(await live.burst(), 100, 'the relay tries again');
    await live.tab.locator('#burst-state', { hasText: /All handled in [\d.]+\s\w+/ }).waitFor();
    assert(seen.size > 2, `it counts while they arrive: ${[...seen]}`);
    assert.equal(await live.journey('Before the burst').isVisible(), true, 'a burst hides no journey');
  });

  it('freezes the relay, counts what waits for it, and shows it catch up', async () => {
    await state('follows the topic');
    await live.press('Freeze it');
    await state('is frozen');
    for (let number = 1; number <= 3; number++) await live.fromBackend('taylor', `Frozen ${number}`);
    await live.tab.locator('#behind').getByText('3', { exact: true }).waitFor();
    const last = live.journey('Frozen 3');
    await live.station(last, 'Topic', 'done').waitFor();
    assert.equal(await last.getAttribute('data-state'), 'todo', 'what is under way is not shown as done');
    await live.press('Thaw it');
    await state('follows the topic');
    for (let number = 1; number <= 3; number++) {
      await live.station(live.journey(`Frozen ${number}`), 'Outcome', 'done').waitFor();
    }
    await live.tab.locator('#behind').getByText('0', { exact: true }).waitFor();
  });

  for (const [button, what] of [
    ['Cut its subscription', 'subscribes again'],
    ['Kill it', 'is replaced'],
  ] as const) {
    it(`does not lose a message to “${button}”: the relay ${what}, and continues`, async () => {
      const first = await live.publish('taylor', `Before: ${button}`);
      await live.station(first, 'Outcome', 'done').waitFor();
      await live.press(button);
      await live.fromBackend('taylor', `After: ${button}`);
      await state('follows the topic; it continued at message');
      await live.station(live.journey(`After: ${button}`), 'Webhook', 'done').waitFor();
      await live.station(live.journey(`After: ${button}`), 'Outcome', 'done').waitFor();
    });
  }
});
