import assert from 'node:assert/strict';
import { planFaults } from './plan';
import { Chance } from './random';

type Call = readonly [operation: string, request: object];

describe('the plan of a soak', () => {
  const bodies = new Map([1, 2].map((index) => [`receipt-${index}`, `{"text":"#${index}#"}`]));
  const element = (index: number) => ({ elements: [{ value: Buffer.from(`#${index}#`) }] });
  const calls = (index: number): Call[] =>
    Array.from({ length: 40 }, (): Call[] => [
      ['SortedSetPut', element(index)],
      ['SendMessage', { MessageBody: `#${index}#` }],
      ['SendMessageBatch', { Entries: [{ Id: '0', MessageBody: `{"text":"#${index}#"}` }] }],
      ['ChangeMessageVisibility', { ReceiptHandle: `receipt-${index}` }],
    ]).flat();
  const cuts = (course: number): Call[] =>
    Array(40).fill(['SortedSetFetch', { set_name: Buffer.from(`${course}`) }]);
  const planned = (mixed: readonly Call[]) => {
    const plan = planFaults(new Chance(1), 0.5, (handle) => bodies.get(handle));
    return mixed.map(([operation, request]) => plan(operation, request)?.kind);
  };
  const alternating = (one: readonly Call[], other: readonly Call[]) =>
    one.flatMap((call, at) => [call, other[at] ?? call]);

  for (const [what, one, other] of [
    ['an event', calls(1), calls(2)],
    ['the cut of a course', cuts(1), cuts(2)],
  ] as const) {
    it(`gives the calls of ${what} the same faults, whatever is called between them`, () => {
      const alone = planned(one);
      const between = planned(alternating(one, other)).filter((_, at) => at % 2 === 0);
      assert.deepEqual(between, alone);
      assert.notDeepEqual(alone, planned(other), 'others have their own faults');
      assert.ok(new Set(alone).size > 3, 'of several kinds');
    });
  }
});
