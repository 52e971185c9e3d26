// The outcome of an event or of a backend's call, read from the functions' log lines.
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

const refusalLine = v.object({
  message: v.object({ outcome: v.picklist(['not published', 'not vended']), reason: v.string() }),
});

/** Undefined if a line is about anything else. */
export function readOutcome(line: string): Outcome | undefined {
  return read(outcomeLine, line)?.message;
}

/** Why the publisher or the token service refused or failed. Undefined if a line is about anything else. */
export function readRefusal(line: string): v.InferOutput<typeof refusalLine>['message'] | undefined {
  return read(refusalLine, line)?.message;
}

function read<const T extends v.GenericSchema>(schema: T, line: string): v.InferOutput<T> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined; // a crash, for example, is not logged as JSON
  }
}
