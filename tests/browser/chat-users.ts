// Users of the chat, each in a browser of their own.
import type { Browser, BrowserContextOptions, Locator, Page as Tab } from 'playwright-core';
import type { Site } from '../../local/site';

export interface User {
  readonly tab: Tab;
  /** What the browser complained of. */
  readonly complaints: string[];
  write(text: string): Promise<void>;
  /** The messages with this text. */
  message(text: string): Locator;
  close(): Promise<void>;
}

/** Signs in, and waits until the chat is there. */
export async function enter(
  browser: Browser,
  site: Site,
  { name, ...options }: BrowserContextOptions & { name: string },
): Promise<User> {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  const complaints: string[] = [];
  tab.on('pageerror', (error) => complaints.push(error.message));
  tab.on('console', (message) => {
    // Browsers report each answer from 400 on, and each broken connection. These are the page's daily bread.
    const isNetwork = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isNetwork) complaints.push(message.text());
  });
  await tab.goto(site.url);
  await tab.getByLabel('Your name').fill(name);
  await tab.getByRole('button', { name: 'Continue' }).click();
  await live(tab);
  return {
    tab,
    complaints,
    async write(text) {
      await tab.getByRole('textbox', { name: 'Message' }).fill(text);
      await tab.getByRole('button', { name: 'Send' }).click();
    },
    message: (text) => tab.locator('#messages > li').filter({ hasText: text }),
    close: () => context.close(),
  };
}

export function live(tab: Tab): Promise<void> {
  return tab.locator('#connection[data-state=live]').waitFor();
}

/** One message that everybody sees, not one on its way. */
export function shown(message: Locator): Locator {
  return message.and(message.page().locator('[data-state=shown]'));
}
