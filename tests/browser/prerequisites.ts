// Checks the requirements of the browser suite before its first test.
import { findChromium } from './chromium';

export function mochaGlobalSetup(): void {
  if (findChromium()) return;
  console.error(
    [
      'npm run test:browser needs Chromium, and found none. Install it with',
      '  apt-get install -y chromium    (Debian, Ubuntu)',
      '  brew install chromium          (macOS)',
      'or set CHROMIUM to the path of an installed one.',
    ].join('\n'),
  );
  process.exit(1);
}
