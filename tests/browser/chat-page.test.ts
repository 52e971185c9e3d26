// The chat's page for everybody: devices, colours, keyboard, screen readers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser, Page as Tab } from 'playwright-core';
import type { Site } from '../../local/site';
import { type Chat, enter, live, shown, startChat, type User } from './chat-users';
import { launch } from './chromium';
import { cutOff, faintTexts, focused, focusIsSeen } from './in-page';
import { grave } from './in-page-axe';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

describe('the chat’s page', () => {
  let browser: Browser;
  let chat: Chat;
  let site: Site;
  let robin: User;

  before(async () => {
    chat = await startChat('en,ar');
    ({ site } = chat);
    browser = await launch();
    robin = await enter(browser, site, { name: 'Robin with quite a long name', locale: 'ar' });
    for (const text of ['مرحبا بالجميع', `Look: ${'x'.repeat(200)}`]) {
      await robin.write(text);
      await shown(robin.message(text)).waitFor();
    }
  });
  after(async () => {
    await robin?.close();
    await browser?.close();
    await chat?.close();
  });

  const graveIn = async (tab: Tab): Promise<string[]> => {
    await tab.evaluate(AXE);
    return tab.evaluate(grave);
  };

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, viewport] of [
      ['a desktop', { width: 1280, height: 900 }],
      ['a phone', { width: 360, height: 740 }],
    ] as const) {
      it(`fits ${device} in ${colorScheme} colours, and neither axe nor the contrast of WCAG AA finds anything`, async () => {
        const settings = { viewport, colorScheme, reducedMotion: 'reduce' } as const;
        const taylor = await enter(browser, site, { name: `Taylor ${device}`, locale: 'en', ...settings });
        const { tab } = taylor;
        await tab.getByRole('button', { name: 'Translated from Arabic' }).click();
        await taylor.write('you shit');
        await tab.getByText('Nobody sees this message').waitFor();
        const hello = `Hello from ${device} in ${colorScheme} colours`;
        await taylor.write(hello);
        await shown(taylor.message(hello)).waitFor();
        await tab.getByRole('textbox').fill('x'.repeat(450));
        await tab.getByText('450 of 500 characters').waitFor();
        await tab.context().setOffline(true);
        await tab.getByRole('alert').waitFor();
        assert.equal(await tab.evaluate(cutOff), 0);
        assert.deepEqual((await tab.evaluate(faintTexts)).faint, []);
        assert.deepEqual(await graveIn(tab), []);
        await tab.context().setOffline(false);
        await tab.getByRole('alert').waitFor({ state: 'hidden' });
        await tab.goto(`${site.url}sign-in`);
        assert.equal(await tab.evaluate(cutOff), 0);
        assert.deepEqual((await tab.evaluate(faintTexts)).faint, []);
        assert.deepEqual(await graveIn(tab), []);
        assert.deepEqual(taylor.complaints, []);
        await taylor.close();
      });
    }
  }

  it('works with the keyboard alone', async () => {
    const sam = await enter(browser, site, { name: 'Sam', locale: 'en' });
    const { tab } = sam;
    const walked: string[] = [];
    await tab.getByLabel('Your language').focus();
    for (let steps = 0; steps < 12 && walked.at(-1) !== 'Message'; steps++) {
      await tab.keyboard.press('Tab');
      walked.push(await tab.evaluate(focused));
    }
    assert.equal(walked.at(-1), 'Message');
    assert(walked.includes('Translated from Arabic'), 'the original of a message is on the way');
    assert.equal(await tab.evaluate(focusIsSeen), true);
    await tab.keyboard.type('two');
    await tab.keyboard.press('Shift+Enter');
    await tab.keyboard.type('lines');
    await tab.keyboard.press('Enter');
    await shown(sam.message('two')).waitFor();
    assert.equal(await shown(sam.message('two')).locator('.text').textContent(), 'two\nlines');
    assert.equal(await tab.evaluate(focused), 'Message', 'the focus stays where one writes');
    await sam.close();
  });

  it('asks for the user’s token while Momento’s SDK is still loading', async () => {
    const sam = await enter(browser, site, { name: 'Sam', locale: 'en' });
    let load = (): void => {};
    const held = new Promise<void>((resolve) => {
      load = resolve;
    });
    await sam.tab.route('**/web-sdk.js', async (route) => {
      await held;
      await route.continue();
    });
    const asked = sam.tab.waitForResponse(`${site.url}token`);
    await sam.tab.reload({ waitUntil: 'commit' });
    assert.equal((await asked).status(), 200);
    load();
    await live(sam.tab);
    await sam.close();
  });

  it('reads new messages out, but nothing while the history loads', async () => {
    const sam = await enter(browser, site, { name: 'Sam', locale: 'en' });
    const log = sam.tab.getByRole('log', { name: 'Conversation' });
    assert.equal(await log.getAttribute('aria-busy'), 'false');
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await sam.tab.route('**/*/SortedSetFetch', async (route) => {
      await held;
      await route.continue();
    });
    await sam.tab.getByLabel('Your language').selectOption('ar');
    await sam.tab.locator('#log[aria-busy=true]').waitFor();
    answer();
    await sam.tab.locator('#log[aria-busy=false] li').first().waitFor();
    await sam.close();
  });
});
