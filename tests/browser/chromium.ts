// The browser of the tests: a Chromium installed on this machine. None is ever downloaded.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of the browser: CHROMIUM, or one of the usual places. Undefined if there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM } = process.env;
  return CHROMIUM ?? PLACES.find((place) => existsSync(place));
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox', // it shows only a page of this machine, and may run as root in a container
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // It requests nothing but the page.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
