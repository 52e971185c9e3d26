import assert from 'node:assert/strict';
import { Unprocessable } from '../../../handlers/core/errors';

/** What is said of malformed input. Fails unless `work` refuses it as Unprocessable. */
export function complaint(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Unprocessable, String(error));
    return error.message;
  }
  return assert.fail('nothing was refused');
}
