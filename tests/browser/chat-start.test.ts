// `npm start` with the chat: the link that it prints leads two browsers into a conversation.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { enter, shown } from './chat-users';
import { launch } from './chromium';

const PROJECT = resolve(__dirname, '../..');
const APPLICATION = 'examples/multi-language-chat';

describe('npm start with the chat', () => {
  let browser: Browser;
  let started: ChildProcess | undefined;
  before(async () => {
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    started?.kill();
  });

  it('prints a link at which two users chat in two languages', async () => {
    const command = [
      '-r',
      './infra/read-typescript.cjs',
      'local/cli.ts',
      '--port',
      '0',
      '--application',
      APPLICATION,
    ];
    const running = spawn(process.execPath, command, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'inherit'] });
    started = running;
    const url = await new Promise<string>((found, failed) => {
      running.once('exit', (code) => failed(new Error(`npm start ended with ${code}`)));
      createInterface(running.stdout).on('line', (line) => {
        const [, link] = /^Open the chat: (http:\S+)$/.exec(line) ?? [];
        if (link) found(link);
      });
    });
    const second = url.replace('127.0.0.1', 'localhost');
    const taylor = await enter(browser, { url }, { name: 'Taylor', locale: 'en-US' });
    const lucia = await enter(browser, { url: second }, { name: 'Lucía', locale: 'es-ES' });
    await taylor.write('Hello from here');
    await shown(lucia.message('español: Hello from here')).waitFor();
    await lucia.write('¡Hola! ¿Qué tal?');
    await shown(taylor.message('English: ¡Hola! ¿Qué tal?')).waitFor();
    assert.deepEqual([...taylor.complaints, ...lucia.complaints], []);
  });
});
