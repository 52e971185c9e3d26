// The troubles that the page can cause.
import { type FaultPlan, firstOf, parseFault } from 'local-momento/faults';

export const TROUBLES = ['none', 'down', 'slow'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Only storing fails, so messages still reach the webhook, and the user can watch them wait. */
const PLANS: Readonly<Record<Trouble, FaultPlan | undefined>> = {
  none: undefined,
  down: parseFault('SortedSetPut=refuse'),
  // Longer than the webhook waits. Momento still applies the put, and the queue repeats it: it is stored once.
  slow: parseFault('SortedSetPut=delay:4000'),
};

/** The fault plan for a trouble, after one that always applies. */
export function planFor(trouble: Trouble, always: FaultPlan | undefined): FaultPlan | undefined {
  const plans = [PLANS[trouble], always].filter((plan) => plan !== undefined);
  return plans.length === 0 ? undefined : firstOf(plans);
}
