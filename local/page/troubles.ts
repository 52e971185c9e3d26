// The troubles that the page can cause.
import { type FaultPlan, firstOf, parseFault } from 'local-momento';

export const TROUBLES = ['none', 'down', 'slow'] as const;
export type Trouble = (typeof TROUBLES)[number];

/**
 * The fault plan for a trouble, after one that always applies. Only storing fails, so messages still reach the webhook, and
 * the user can watch them wait.
 * @param operation with which the application stores a message
 */
export function planFor(
  trouble: Trouble,
  operation: string,
  always: FaultPlan | undefined,
): FaultPlan | undefined {
  const plans = [planOf(trouble, operation), always].filter((plan) => plan !== undefined);
  return plans.length === 0 ? undefined : firstOf(plans);
}

function planOf(trouble: Trouble, operation: string): FaultPlan | undefined {
  switch (trouble) {
    case 'none':
      return undefined;
    case 'down':
      return parseFault(`${operation}=refuse`);
    case 'slow':
      // Longer than the webhook waits. The call is still applied, and the queue repeats it: the message is handled once.
      return parseFault(`${operation}=delay:4000`);
  }
}
