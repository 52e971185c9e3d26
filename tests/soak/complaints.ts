// Finds failures in a soak's report: a broken guarantee, or a rotation or redrive that was never seen to work.
import type { SoakReport } from './soak';

/** The number of tries of an event in the redrive queue. */
const TRIES = 10;

/** The failure of a function that gets no time, as on a busy machine. */
const ONLY_TOO_SLOW = 'Sandbox.Timedout';

export interface Budget {
  /** Events in the dead-letter queue that Momento would store. */
  readonly givenUp: number;
  /** Events that were never answered 2xx. */
  readonly notTaken: number;
}

/**
 * The numbers that the share of faults explains. A queued event is given up if all its tries fail. An event is refused if
 * queueing it fails too, so there are fewer of those than queued ones: without a queue, none.
 */
export function budgetOf({ answers }: Pick<SoakReport, 'answers'>, faults: number): Budget {
  const queued = answers[202] ?? 0;
  return { givenUp: atMost(queued * faults ** TRIES), notTaken: atMost(queued * faults) };
}

/** The most calls that one try of a chat's message in one language needs, besides those that an earlier try has done. */
const CALLS_OF_A_LANGUAGE = 8;

/** The same for the chat: each try makes several calls, and fails if one of them does. */
export function chatBudgetOf({ answers }: Pick<SoakReport, 'answers'>, faults: number): Budget {
  const queued = answers[202] ?? 0;
  const failing = 1 - (1 - faults) ** CALLS_OF_A_LANGUAGE;
  return { givenUp: atMost(queued * failing ** TRIES), notTaken: atMost(queued * faults) };
}

export function chatComplaintsOf(report: SoakReport, faults: number): string[] {
  return complaintsOf(report, faults, chatBudgetOf(report, faults));
}

/** The expected average, plus five standard deviations, plus one. */
function atMost(expected: number): number {
  return Math.ceil(expected + 5 * Math.sqrt(expected)) + 1;
}

/** A sentence for each failure; none if the soak held. */
export function complaintsOf(
  report: SoakReport,
  faults: number,
  budget = budgetOf(report, faults),
): string[] {
  const { lost, duplicated, altered, givenUp, notTaken, forgedAccepted, refused } = report;
  const { failures, crashes, quiet, storedBy } = report;
  const complaints = [
    [lost.length, 'answered 2xx, are neither stored nor in the dead-letter queue'],
    [duplicated.length, 'are stored more than once'],
    [altered.length, 'are stored with other contents than published'],
    [forgedAccepted, 'were forged, and accepted'],
    [refused, 'were genuine, and refused (4xx) when they could be known'],
  ] as const;
  return [
    ...complaints.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...beyond(
      givenUp.length,
      budget.givenUp,
      'are in the dead-letter queue, though Momento would store them',
    ),
    ...beyond(notTaken.length, budget.notTaken, 'were never answered 2xx'),
    ...Object.entries(failures)
      .filter(([failure]) => !failure.includes(ONLY_TOO_SLOW) && !(failure in crashes))
      .map(([failure, count]) => `${count} times failed ${failure}`),
    ...Object.entries(crashes).map(([error, count]) => `${count} times an instance was ended by ${error}`),
    ...said(quiet?.firstRefused, 'first calls after a quiet spell failed without a cause'),
    ...said(quiet?.notTakenUp, 'calls failed five minutes after the API key was put right'),
    ...Object.entries(storedBy)
      .filter(([, count]) => count === 0)
      .map(([key]) => `no event is stored by the ${key}`),
  ];
}

function said(outcomes: Readonly<Record<string, number>> = {}, what: string): string[] {
  const each = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return total > 0 ? [`${total} ${what}: ${each.join(', ')}`] : [];
}

function beyond(count: number, most: number, what: string): string[] {
  return count > most ? [`${count} ${what}; the faults explain ${most} at most`] : [];
}
