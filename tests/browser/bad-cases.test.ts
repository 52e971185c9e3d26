// The live page when things go wrong: it says what is so, and nothing else.
import assert from 'node:assert/strict';
import { STATIONS } from '../../local/page/journey';
import { directionOf, foldedTimes, namesAnotherTry, rememberedJourneys } from './in-page';
import { LivePage, textOf } from './live-page';

describe('the live page in the bad cases', () => {
  const live = new LivePage();
  const statesOf = async (comment: string) =>
    live
      .journey(comment)
      .locator('.stations li')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-state')));

  it('shows a comment that was given up, and sends it back', async () => {
    const journey = await live.giveUp('taylor', 'Nobody wants me');
    await live.depth('given-up', 1).waitFor();
    assert.match(await textOf(live.station(journey, 'Outcome', 'given-up')), /given up after 10 tries/);
    assert.equal(await journey.getAttribute('data-state'), 'given-up');
    await live.make('works');
    await journey.getByRole('button', { name: 'Send it back' }).click();
    await live.station(journey, 'Outcome', 'done').filter({ hasText: 'from the queue' }).waitFor();
    await live.depth('given-up', 0).waitFor();
    assert.equal(await journey.getByRole('button', { name: 'Send it back' }).isVisible(), false);
    await live.tab.locator('#entries li').filter({ hasText: 'Nobody wants me' }).waitFor();
  });

  it('sends every dead letter back at once', async () => {
    const journey = await live.giveUp('taylor', 'Nor me');
    await live.make('works');
    await live.press('Send all back');
    await live.station(journey, 'Outcome', 'done').waitFor();
    await live.depth('given-up', 0).waitFor();
    assert.equal(await live.tab.getByRole('button', { name: 'Send all back' }).isVisible(), false);
  });

  it('shows a refusal with the publisher, which refused, and no later step as if it had happened', async () => {
    const comment = 'too long '.repeat(600);
    const journey = await live.publish('sam', comment);
    const refused = live.station(journey, 'Publisher', 'failed');
    await refused.filter({ hasText: 'answered 422: comment is too long' }).waitFor();
    await live.tab.locator('#published', { hasText: 'answered 422: comment is too long' }).waitFor();
    assert.deepEqual(await statesOf('too long'), ['failed', ...Array(4).fill('unreached')]);
    for (const later of ['Token', 'Topic', 'Webhook', 'Outcome']) {
      assert.match(await textOf(live.station(journey, later, 'unreached')), /not reached/);
    }
  });

  it('shows the steps of a comment that nobody’s backend published: with the first token, vended', async () => {
    for (const [index, token] of ['vended for casey', 'reused'].entries()) {
      await live.fromBackend('casey', 'With curl');
      const newest = live.journey('With curl').first();
      await live.station(newest, 'Token', 'done').filter({ hasText: token }).waitFor();
      await live.station(newest, 'Publisher', 'done').waitFor();
      assert.equal(await live.journey('With curl').count(), index + 1);
    }
  });

  it('shows times along a journey that never go backwards', async () => {
    for (const user of ['una', 'una', 'uma']) {
      await live.station(await live.publish(user, `By ${user}`), 'Outcome', 'done').waitFor();
    }
    const remembered = await live.tab.evaluate(rememberedJourneys);
    assert(remembered.length >= 3);
    for (const { steps } of remembered) {
      const times = STATIONS.flatMap((one) => steps[one]?.at ?? []);
      assert.deepEqual(
        times,
        [...times].sort((one, other) => one - other),
      );
    }
  });

  it('publishes once for a double click', async () => {
    await live.write('taylor', 'Only once');
    await live.tab.getByRole('button', { name: 'Publish', exact: true }).dblclick();
    await live.station(live.journey('Only once').first(), 'Outcome', 'done').waitFor();
    await live.station(await live.publish('taylor', 'And then'), 'Outcome', 'done').waitFor();
    assert.equal(await live.journey('Only once').count(), 1);
  });

  it('says with a stopped stack what it cannot do, pretends nothing, and goes on by itself', async () => {
    await live.make('is down');
    await live.station(await live.publish('taylor', 'Waits'), 'Outcome', 'waiting').waitFor();
    await live.tab.locator('#waiting .note', { hasText: 'next try' }).waitFor();
    await live.write('taylor', 'Written while it was away');
    const { tab, page } = live;
    await page.close();
    await tab.locator('#connection[data-state=failed]').waitFor();

    const publish = tab.getByRole('button', { name: 'Publish', exact: true });
    assert.equal(await publish.getAttribute('aria-disabled'), 'true');
    await publish.click({ force: true }); // nothing happens, and nothing is thrown
    assert.equal(await tab.locator('.card .stopped').count(), 4, 'each card with a button says why');
    assert.equal(await tab.locator('[name=trouble]:checked').count(), 0, 'the switch does not pretend');
    assert.equal(await tab.locator('#trouble').isDisabled(), true);
    assert.match(await textOf(tab.locator('#waiting')), /\?unknown while the stack is stopped/);

    await live.start();
    await live.connected();
    assert.equal(await publish.getAttribute('aria-disabled'), null);
    assert.equal(await tab.locator('.stopped').count(), 0);
    await tab.locator('[name=trouble][value=none]:checked').waitFor();
    await tab.locator('#nothing-yet').waitFor(); // what the server forgot is gone from the page too
    await publish.click();
    await live.journey('Written while it was away').waitFor();
    await live.depth('waiting', 0).waitFor(); // what waited while the page was away was handled
    live.complaints.length = 0; // the browser reported the break
  });

  it('says so beside a button whose request failed, and shows the switch as it is', async () => {
    const { tab } = live;
    await tab.route('**/api/trouble', (route) => route.abort());
    await tab.locator('[name=trouble][value=down]').click({ force: true });
    await tab.locator('#trouble-note', { hasText: 'The stack does not answer' }).waitFor();
    assert.equal(await tab.locator('[name=trouble][value=none]').isChecked(), true);
    live.complaints.length = 0;
  });

  it('counts down to the next try by itself', async () => {
    await live.make('is down');
    await live.station(await live.publish('taylor', 'Counted down'), 'Outcome', 'waiting').waitFor();
    await live.tab.waitForFunction(namesAnotherTry, '');
    const first = await textOf(live.tab.locator('#waiting .note'));
    await live.tab.waitForFunction(namesAnotherTry, first);
    await live.make('works');
    await live.press('Skip the wait');
    await live.depth('waiting', 0).waitFor();
  });

  it('folds a long comment, and runs each text its own way', async () => {
    const journey = await live.publish('taylor', 'a long story '.repeat(300));
    await live.station(journey, 'Outcome', 'done').waitFor();
    for (const where of [journey, live.tab.locator('#entries li').first()]) {
      const comment = where.locator('.comment');
      assert((await comment.evaluate(foldedTimes)) > 3, 'most of it is hidden');
      await where.getByRole('button', { name: 'Show all 3,900 characters' }).click();
      assert.equal(await comment.evaluate(foldedTimes), 1);
      await where.getByRole('button', { name: 'Show less' }).click();
    }
    const hebrew = await live.publish('נועם', 'שלום לכולם');
    await live.station(hebrew, 'Outcome', 'done').waitFor();
    assert.equal(await hebrew.locator('.comment').evaluate(directionOf), 'rtl');
    assert.equal(await hebrew.locator('.who bdi').first().evaluate(directionOf), 'rtl');
    assert.equal(await live.tab.locator('#entries .comment').first().evaluate(directionOf), 'rtl');
    assert.equal(await live.tab.getByRole('textbox', { name: 'Comment' }).evaluate(directionOf), 'rtl');
    assert.equal(await journey.locator('.comment').evaluate(directionOf), 'ltr');
  });
});
