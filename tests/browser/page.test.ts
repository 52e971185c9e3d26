// The live page as a user sees it: in a real Chromium, against the whole stack.
import assert from 'node:assert/strict';
import { cutOff, faintTexts, focused, focusIsSeen } from './in-page';
import { LivePage, textOf } from './live-page';

describe('the live page in a browser', () => {
  const live = new LivePage();

  it('lights up every step of a comment, and shows the stored comment', async () => {
    const journey = await live.publish('taylor', 'What a course!');
    await live.station(journey, 'Outcome', 'done').waitFor();
    assert.match(await textOf(live.station(journey, 'Token', 'done')), /vended for taylor|reused/);
    assert.match(await textOf(live.station(journey, 'Topic', 'done')), /published as taylor\+[\d.]+\sm?s/);
    assert.match(await textOf(live.station(journey, 'Webhook', 'done')), /answered 200 in [\d.]+\sm?s/);
    assert.match(await textOf(journey), /x-request-id [0-9a-f-]{36}/);
    const stored = live.tab.locator('#entries li').first();
    await stored.filter({ hasText: 'taylor' }).filter({ hasText: 'What a course!' }).waitFor();
  });

  it('shows a comment that is a script tag as text', async () => {
    const comment = '<script>document.title = "broken in"</script><img src=x onerror="document.title = 1">';
    const journey = await live.publish('<b>robin</b>', comment);
    await live.station(journey, 'Outcome', 'done').waitFor();
    assert.equal(await textOf(journey.locator('.comment')), comment);
    const stored = live.tab.locator('#entries li').first();
    assert.equal(await textOf(stored.locator('.comment')), comment);
    assert.equal(await textOf(stored.locator('.who bdi')), '<b>robin</b>');
    assert.equal(await live.tab.title(), 'momento-webhooks, live');
    assert.equal(await live.tab.locator('main img, main script').count(), 0);
  });

  it('takes no blank user, course or place, by the rule of the handlers', async () => {
    const invalid = live.tab.locator('input:invalid');
    for (const [form, label] of [
      ['#publish', 'User'],
      ['#publish', 'Course'],
      ['#place', 'Course'],
    ] as const) {
      const field = live.tab.locator(form).getByLabel(label);
      await field.fill(' \u00a0 ');
      assert.equal(await invalid.count(), 1, label);
      await field.fill(' 1 ');
      assert.equal(await invalid.count(), 0, label);
    }
  });

  for (const { trouble, why } of [
    { trouble: 'is down', why: 'refuses' },
    { trouble: 'is slow', why: 'answers too late' },
  ]) {
    it(`shows a comment that waits in the queue while the cache ${why}, and is then stored once`, async () => {
      await live.make(trouble);
      const journey = await live.publish('taylor', `While it ${trouble}`);
      await live.station(journey, 'Outcome', 'waiting').waitFor();
      assert.match(await textOf(live.station(journey, 'Webhook', 'done')), /answered 202/);
      await live.depth('waiting', 1).waitFor();
      await live.make('works');
      await live.press('Skip the wait');
      await live.station(journey, 'Outcome', 'done').filter({ hasText: 'from the queue' }).waitFor();
      await live.depth('waiting', 0).waitFor();
      await live.tab
        .locator('#entries li')
        .filter({ hasText: `While it ${trouble}` })
        .waitFor();
      assert.equal(await live.tab.locator('#entries li').count(), 1);
    });
  }

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
      await live.tab.locator('#publish').getByLabel('Course').fill(String(live.course));
      await live.tab.locator('#place').getByLabel('Course').fill(String(live.course));
      await live.tab.getByRole('button', { name: 'Show' }).click();
      await live.tab.getByRole('button', { name: button }).click();
      const attack = live.tab.locator('#attacks li').filter({ hasText: button });
      assert.match(await textOf(attack.locator('.verdict')), new RegExp(verdict));
      await attack.getByText('Request and answer').click();
      assert.match(await textOf(attack.getByLabel('Request')), request);
      assert.match(await textOf(attack.getByLabel('Answer')), answer);
      const stored = button === 'Replay an event' ? '1 message' : 'No messages yet.';
      await live.tab.locator('#place-state', { hasText: stored }).waitFor();
    });
  }

  it('works with the keyboard alone', async () => {
    await live.tab.keyboard.press('Tab');
    assert.equal(await live.tab.evaluate(focused), 'Skip to the journeys');
    for (const wanted of ['a backend', 'User', 'Course', 'Comment', 'Publish']) {
      await live.tab.keyboard.press('Tab');
      assert.equal(await live.tab.evaluate(focused), wanted);
      if (wanted === 'User') await live.tab.keyboard.type('sam');
      if (wanted === 'Course') await live.tab.keyboard.type(String(live.course));
      if (wanted === 'Comment')
        await live.tab.keyboard.press('Control+a').then(() => live.tab.keyboard.type('No mouse here'));
    }
    await live.tab.keyboard.press('Enter');
    const journey = live.tab.locator('.journey').filter({ hasText: 'No mouse here' });
    await live.station(journey, 'Outcome', 'done').waitFor();
    for (const wanted of ['Publish 100 by 20 users', 'With curl', 'works']) {
      await live.tab.keyboard.press('Tab');
      assert.equal(await live.tab.evaluate(focused), wanted);
    }
    await live.tab.keyboard.press('ArrowRight');
    assert.equal(await live.tab.getByRole('radio', { name: 'is down' }).isChecked(), true);
    assert.equal(await live.tab.evaluate(focusIsSeen), true);
  });

  it('shows the same in a browser that opens it later', async () => {
    const journey = await live.publish('taylor', 'Seen by both');
    await live.station(journey, 'Outcome', 'done').waitFor();
    const other = await live.open();
    await other.locator('.journey').filter({ hasText: 'Seen by both' }).first().waitFor();
    await other.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, viewport] of [
      ['a desktop', { width: 1440, height: 1000 }],
      ['a phone', { width: 360, height: 780 }],
    ] as const) {
      it(`fits ${device} in ${colorScheme} colours: nothing is cut off, and every text has the contrast of WCAG AA`, async () => {
        await live.make('is down');
        const waiting = await live.publish('taylor', 'x'.repeat(300));
        await live.station(waiting, 'Outcome', 'waiting').waitFor();
        const other = await live.open({ viewport, colorScheme, reducedMotion: 'reduce' });
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
