// The browser of the tests: a Chromium that stands on this machine. None is ever downloaded.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where the browser is: CHROMIUM, or one of the usual places; undefined where there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM } = process.env;
  return CHROMIUM ?? PLACES.find((place) => existsSync(place));
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox', // it shows one page of this machine, and may run as root in a container
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // Nothing but the page is asked for.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
