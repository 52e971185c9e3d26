// The outcome of an event, read from the functions' log lines.
import * as v from 'valibot';

const outcomeLine = v.object({
  message: v.object({
    outcome: v.picklist(['stored', 'not stored', 'queued', 'lost', 'redriven', 'not redriven']),
    requestId: v.string(),
    deliveries: v.optional(v.number()),
    reason: v.optional(v.string()),
  }),
});

export type Outcome = v.InferOutput<typeof outcomeLine>['message'];

/** Undefined if a line is about anything else. */
export function readOutcome(line: string): Outcome | undefined {
  try {
    const parsed = v.safeParse(outcomeLine, JSON.parse(line));
    return parsed.success ? parsed.output.message : undefined;
  } catch {
    return undefined; // a crash, for example, is not logged as JSON
  }
}
