// What can go wrong at the press of a button.
import { type FaultPlan, firstOf, parseFault } from 'local-momento/faults';

export const TROUBLES = ['none', 'down', 'slow'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Only storing is hit, so that what is published meanwhile still reaches the webhook, and can be watched as it waits. */
const PLANS: Readonly<Record<Trouble, FaultPlan | undefined>> = {
  none: undefined,
  down: parseFault('SortedSetPut=refuse'),
  // Longer than the webhook waits; Momento applies it all the same, and the queue once more: it is stored once.
  slow: parseFault('SortedSetPut=delay:4000'),
};

/** The plan for a trouble, beside one that holds all the time. */
export function planFor(trouble: Trouble, always: FaultPlan | undefined): FaultPlan | undefined {
  const plans = [PLANS[trouble], always].filter((plan) => plan !== undefined);
  return plans.length === 0 ? undefined : firstOf(plans);
}
