// Whether everybody can use the live page: on the smallest phones, in both colour schemes, and by axe's rules, all of them.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page as Tab } from 'playwright-core';
import { brokenWords, cutOff, twoFrames } from './in-page';
import { LivePage } from './live-page';

const WIDTHS = [320, 375, 768, 1280];

/** Of axe: rules that everything keeps, and rules that something breaks. */
interface Results {
  readonly passes: readonly unknown[];
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

describe('the live page for everybody', function () {
  this.timeout(120_000); // each test looks at several sizes
  const live = new LivePage();

  /** Everything that axe, which is in the page, finds with the rules that are best practice too. */
  async function findings(tab: Tab): Promise<string[]> {
    const { passes, violations }: Results = await tab.evaluate('axe.run()');
    assert(passes.length > 20, 'its rules find what they are for');
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  /**
   * Looks at the page in each size, in one colour scheme and the other.
   * @param prepare happens once, `resized` in each size
   */
  async function check(
    prepare: (tab: Tab) => Promise<unknown> = async () => {},
    resized: (tab: Tab) => Promise<unknown> = async () => {},
  ): Promise<void> {
    const tab = await live.open({ reducedMotion: 'reduce' });
    await tab.evaluate(axe.source);
    await prepare(tab);
    for (const [index, width] of WIDTHS.entries()) {
      const colorScheme = index % 2 === 0 ? 'light' : 'dark';
      await tab.emulateMedia({ colorScheme });
      await tab.setViewportSize({ width, height: 800 });
      await resized(tab);
      assert.equal(await tab.evaluate(cutOff), 0, `nothing is cut off at ${width} px`);
      assert.deepEqual(await tab.evaluate(brokenWords), [], `no word is broken at ${width} px`);
      assert.deepEqual(await findings(tab), [], `axe at ${width} px, ${colorScheme}`);
    }
    await tab.close();
  }

  it('finds no fault in it while it is empty', () => check());

  it('finds no fault in it with a dead letter, a refusal, a comment that waits, and one that arrived', async () => {
    const done = await live.publish('taylor', 'What a course!');
    await live.station(done, 'Outcome', 'done').waitFor();
    await live.giveUp('a user with a rather long name', 'Nobody wants me');
    await live.station(await live.publish('sam', 'I wait'), 'Outcome', 'waiting').waitFor();
    await live.publish('sam', 'x'.repeat(5_000));
    await check((tab) => tab.getByRole('button', { name: 'Send it back' }).first().waitFor());
  });

  it('finds no fault in it after attacks, with their answers unfolded, and a step’s details shown', async () => {
    await check(
      async (tab) => {
        await tab.getByRole('button', { name: 'Forge a signature' }).click();
        await tab.getByText('Request and answer').first().click();
        for (const summary of await tab.getByText('With curl', { exact: true }).all())
          if (await summary.isVisible()) await summary.click();
      },
      async (tab) => {
        const station = tab.locator('.journey .stations button').first();
        await station.scrollIntoViewIfNeeded();
        await tab.evaluate(twoFrames); // the details close when the page scrolls or its size changes
        await station.click();
        await tab.getByRole('tooltip').waitFor();
      },
    );
  });

  it('finds no fault in it with a stopped stack', async () => {
    const tab = await live.open({ viewport: { width: 320, height: 800 } });
    await live.page.close();
    await tab.locator('#connection[data-state=failed]').waitFor();
    await tab.evaluate(axe.source);
    assert.deepEqual(await findings(tab), []);
    assert.deepEqual(await tab.evaluate(brokenWords), []);
    await tab.close();
    await live.start();
    await live.connected();
    live.complaints.length = 0; // the browser reported the break
  });

  it('keeps the journeys in their bounds: the newest in full, older ones a line that opens with the keyboard', async () => {
    for (let number = 1; number <= 22; number++) await live.fromBackend('taylor', `Comment ${number}.`);
    const tab = await live.open({ viewport: { width: 1280, height: 900 } });
    const heightOf = (name: string) => tab.locator(name).evaluate(({ clientHeight }) => clientHeight);
    assert((await heightOf('body')) < 2_600, 'the attacks are still in sight');
    const isOpen = await tab
      .locator('.journey details')
      .evaluateAll((all) => all.map((one) => one.hasAttribute('open')));
    assert.deepEqual(isOpen.slice(0, 4), [true, true, true, false]);
    assert.equal(isOpen.filter(Boolean).length, 3);
    const old = tab.locator('.journey').filter({ hasText: 'Comment 7.' });
    await old.locator('summary').focus();
    await tab.keyboard.press('Enter');
    await old.locator('.stations').waitFor();
    await live.fromBackend('taylor', 'Comment 23.');
    await tab.locator('.journey').filter({ hasText: 'Comment 23.' }).waitFor();
    assert.equal(await old.locator('.stations').isVisible(), true, 'what a user opened stays open');
    const phone = await live.open({ viewport: { width: 320, height: 640 } });
    assert((await phone.locator('#journeys').evaluate(({ clientHeight }) => clientHeight)) < 800);
    await phone.close();
    await tab.close();
  });
});
