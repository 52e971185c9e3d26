import assert from 'node:assert/strict';
import { printable } from '../../../local/commands/terminal';

describe('another person’s text', () => {
  it('is printed without commands to the terminal', () => {
    assert.equal(
      printable('\u001b[2Jdone\r\n\u009b31m\u202ered\u007f'),
      '\\u001b[2Jdone\\u000d\\u000a\\u009b31m\\u202ered\\u007f',
    );
  });

  it('is printed unchanged if it has none', () => {
    for (const text of ['', 'Grüße, 世界 👨‍👩‍👧 “quoted” \\']) assert.equal(printable(text), text);
  });
});
