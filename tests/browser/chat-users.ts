// The chat on this machine, and users of it, each in a browser of their own.
import type { Browser, BrowserContextOptions, Locator, Page as Tab } from 'playwright-core';
import { type Site, startSite } from '../../local/site';
import { type Stack, startStack } from '../../local/stack';

export interface Chat {
  readonly stack: Stack;
  readonly site: Site;
  close(): Promise<void>;
}

/** @param languages such as `en,es` @param settings further ones of the stack */
export async function startChat(languages: string, settings: Record<string, string> = {}): Promise<Chat> {
  const application = 'examples/multi-language-chat';
  const stack = await startStack({
    config: { application, languages, messagesPerMinute: '1000', ...settings },
    // Quick heartbeats, so that silence is noticed quickly. Momento waits for a webhook that a busy machine keeps waiting.
    momento: { heartbeatMs: 1_000, deliveriesPerSecond: 50, deliveryTimeoutMs: 30_000 },
  });
  const { site: declared } = stack.application;
  if (!declared) throw new Error('the chat has no site');
  const site = await startSite(stack, declared);
  // On a busy machine a message may take the way of the queue. Nobody sits out its waits.
  const hurrying = setInterval(() => stack.sqs.hurry(900_000), 200);
  return {
    stack,
    site,
    async close() {
      clearInterval(hurrying);
      await site.close();
      await stack.close();
    },
  };
}

export interface User {
  readonly tab: Tab;
  /** What the browser complained of. */
  readonly complaints: string[];
  write(text: string): Promise<void>;
  /** The messages with this text. */
  message(text: string): Locator;
  /** Loads the page anew, signed in as before, and waits until the chat is there. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Signs in, and waits until the chat is there. */
export async function enter(
  browser: Browser,
  site: Pick<Site, 'url'>,
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
    async reload() {
      await tab.goto(site.url);
      await live(tab);
    },
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
