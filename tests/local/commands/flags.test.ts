import assert from 'node:assert/strict';
import { parseFlags } from '../../../local/commands/flags';

describe('the flags of a command', () => {
  it('are refused in one line, with those that there are', () => {
    const options = { course: { type: 'string' }, port: { type: 'string' } } as const;
    for (const [args, why] of [
      [['--bogus'], "Unknown option '--bogus'"],
      [['--course', '-1'], "Option '--course' argument is ambiguous"],
    ] as const) {
      assert.throws(() => parseFlags([...args], options), { message: `${why}; allowed: --course, --port` });
    }
  });
});
