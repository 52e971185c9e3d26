// `npm run screenshot`: takes the picture of the chat that the documentation shows, on a desktop and on a phone.
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { enter, shown, startChat, type User } from './chat-users';
import { launch } from './chromium';

const PICTURE = resolve(__dirname, '../../docs/multi-language-chat.png');

async function main(): Promise<void> {
  const { site } = await startChat('en,es,ja,ar');
  const browser = await launch();
  const look = { reducedMotion: 'reduce', deviceScaleFactor: 2 } as const;
  const taylor = await enter(browser, site, {
    name: 'Taylor',
    locale: 'en-US',
    viewport: { width: 900, height: 720 },
    ...look,
  });
  const lucia = await enter(browser, site, {
    name: 'Lucía',
    locale: 'es-ES',
    viewport: { width: 390, height: 720 },
    colorScheme: 'dark',
    ...look,
  });
  const others = [
    await enter(browser, site, { name: '花子', locale: 'ja' }),
    await enter(browser, site, { name: 'ليلى', locale: 'ar' }),
  ] as const;

  const say = async (user: User, text: string): Promise<void> => {
    await user.write(text);
    for (const one of [taylor, lucia]) await shown(one.message(text)).waitFor();
  };
  await say(taylor, 'Hello, everybody! Where are you all today?');
  await say(lucia, '¡Hola! Hoy estoy en Sevilla.');
  await say(others[0], 'こんにちは。私は京都です。');
  await say(others[1], 'مرحبا بالجميع، أنا في عمّان.');
  await say(taylor, 'How is the weather?');
  await say(lucia, 'Hace mucho sol, y hoy es fiesta.');
  await lucia.message('How is the weather?').getByRole('button').click();
  await taylor.write('It rains here, and that sucks.');
  await taylor.tab.getByText('Nobody sees this message').waitFor();
  for (const { tab } of [taylor, lucia]) await tab.locator('h1').click(); // so that nothing has the focus
  await sideBySide(browser, [await taylor.tab.screenshot(), await lucia.tab.screenshot()]);
  console.log(PICTURE);
}

async function sideBySide(browser: Browser, pictures: readonly Buffer[]): Promise<void> {
  const tab = await browser.newPage({ viewport: { width: 1370, height: 760 }, deviceScaleFactor: 1 });
  const images = pictures.map((one) => `<img src="data:image/png;base64,${one.toString('base64')}">`);
  await tab.setContent(`
    <style>
      body { margin: 0; display: flex; gap: 40px; padding: 20px; background: #fff }
      img { height: 720px; border-radius: 20px; box-shadow: 0 4px 24px #0003 }
    </style>${images.join('')}`);
  await tab.screenshot({ path: PICTURE, fullPage: true });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
