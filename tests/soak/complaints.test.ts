import assert from 'node:assert/strict';
import { budgetOf, complaintsOf } from './complaints';
import type { SoakReport } from './soak';

const quiet = { spells: 3, firstCalls: 27, firstRefused: {}, notTakenUp: {} };
const held: SoakReport = {
  sent: 2_000,
  stored: 1_995,
  deadLettered: 2,
  answers: { 200: 2_300, 202: 120, 503: 4 },
  failures: {},
  crashes: {},
  lost: [],
  duplicated: [],
  altered: [],
  givenUp: [],
  notTaken: [1, 2, 3],
  forgedAccepted: 0,
  refused: 0,
  storedBy: { 'API key 1': 1_300, 'API key 2': 600 },
  heap: { before: 1, after: 1 },
  quiet,
};

describe('the verdict on a soak', () => {
  it('has no complaint if the faults explain everything', () => {
    assert.deepEqual(complaintsOf(held, 0.2), []);
    const slow = { 'webhook: Sandbox.Timedout: Task timed out after 10.00 seconds': 1 };
    assert.deepEqual(complaintsOf({ ...held, failures: slow }, 0.2), []);
  });

  it('explains only a handful of dead letters by ten failed tries', () => {
    assert.equal(budgetOf(held, 0).givenUp, 1);
    assert.equal(budgetOf(held, 0.2).givenUp, 2);
    assert.equal(budgetOf({ ...held, answers: { 202: 50_000 } }, 0.5).givenUp, 85);
  });

  const wrong: [what: string, report: Partial<SoakReport>, says: RegExp][] = [
    ['an event is lost', { lost: [7] }, /^1 answered 2xx, are neither/],
    ['one is stored twice', { duplicated: [7] }, /^1 are stored more than once/],
    ['one is stored with other contents', { altered: [7] }, /^1 are stored with other contents/],
    ['a forged one is accepted', { forgedAccepted: 1 }, /^1 were forged/],
    [
      'the redrive gives up more than the faults explain',
      { givenUp: [1, 2, 3] },
      /^3 are in the dead-letter/,
    ],
    [
      'more are refused than the faults explain',
      { notTaken: [...Array(127).keys()] },
      /^127 were never answered 2xx/,
    ],
    [
      'the queue is skipped',
      { answers: { 200: 2_300, 503: 77 }, notTaken: [...Array(77).keys()] },
      /^77 were never answered 2xx; the faults explain 1 at most/,
    ],
    [
      'a function fails',
      { failures: { 'webhook: TypeError: no such': 3 } },
      /^3 times failed webhook: TypeError/,
    ],
    ['a genuine one is refused', { refused: 1 }, /^1 were genuine, and refused/],
    ['none is stored by a key', { storedBy: { 'API key 2': 0 } }, /^no event is stored by the API key 2/],
    [
      'the first call after a quiet spell fails',
      { quiet: { ...quiet, firstRefused: { 'webhook 403 (idle-fin)': 2, 'tokens 503 (idle-rst)': 1 } } },
      /^3 first calls after a quiet spell failed .*: 2 webhook 403 \(idle-fin\), 1 tokens 503 \(idle-rst\)$/,
    ],
    [
      'an API key that was put right is not taken up',
      { quiet: { ...quiet, notTakenUp: { 'redrive postponed (foreign)': 1 } } },
      /^1 calls failed five minutes after the API key was put right: 1 redrive postponed \(foreign\)$/,
    ],
    [
      'an instance is ended by an exception, which is told once',
      {
        crashes: { 'redrive: Error: Channel has been shut down': 1 },
        failures: { 'redrive: Error: Channel has been shut down': 1 },
      },
      /^1 times an instance was ended by redrive: Error: Channel/,
    ],
  ];
  for (const [what, report, says] of wrong) {
    it(`complains if ${what}`, () => {
      const complaints = complaintsOf({ ...held, ...report }, 0.2);
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? '', says);
    });
  }
});
