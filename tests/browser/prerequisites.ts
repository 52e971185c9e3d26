// What the browser suite needs is checked before its first test.
import { findChromium } from './chromium';

export function mochaGlobalSetup(): void {
  if (findChromium()) return;
  console.error(
    [
      'npm run test:browser looks at the live page in a real Chromium, and finds none. Get it with',
      '  apt-get install -y chromium    (Debian, Ubuntu)',
      '  brew install chromium          (macOS)',
      'or name the one that you have in CHROMIUM, the path of its program.',
    ].join('\n'),
  );
  process.exit(1);
}
