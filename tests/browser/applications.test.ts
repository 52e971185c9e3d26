// The live page with another application than the default one.
import type { Browser, Page as Tab } from 'playwright-core';
import { type Page, startPage } from '../../local/page';
import { type Stack, startStack } from '../../local/stack';
import { launch } from './chromium';

describe('the live page of an example', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  for (const { name, place, done } of [
    { name: 'dynamodb-comments', place: 'Course', done: 'put into the table, in course 7' },
    { name: 'moderated-chat', place: 'Room', done: 'moderated in room 7' },
  ]) {
    it(`shows a message of ${name} in its own words, what arrived, and one that waits while its store is down`, async () => {
      let stack: Stack | undefined;
      let page: Page | undefined;
      let tab: Tab | undefined;
      try {
        stack = await startStack({ config: { application: `examples/${name}` } });
        page = await startPage(stack);
        tab = await browser.newPage();
        await tab.goto(page.url);
        await tab.locator('#place').getByLabel(place).waitFor();
        await tab.getByLabel('User').fill('robin');
        await tab.locator('#publish').getByLabel('Course').fill('7');
        await tab.getByRole('textbox', { name: 'Comment' }).fill('Through another application');
        await tab.getByRole('button', { name: 'Publish', exact: true }).click();
        const outcome = tab.locator('.journey .stations li[data-state=done]').filter({ hasText: done });
        await outcome.waitFor();
        await tab
          .locator('#entries li')
          .filter({ hasText: 'robin' })
          .filter({ hasText: 'Through another' })
          .waitFor();
        await tab.getByRole('radio', { name: 'is down' }).check({ force: true });
        await tab.getByRole('textbox', { name: 'Comment' }).fill('While it is down');
        await tab.getByRole('button', { name: 'Publish', exact: true }).click();
        await tab
          .locator('.journey')
          .filter({ hasText: 'While it is down' })
          .locator('.stations li[data-state=waiting]')
          .waitFor();
      } finally {
        await tab?.close();
        await page?.close();
        await stack?.close();
      }
    });
  }
});
