// What each kind of fault does to a call over HTTP.
import type { Server, ServerResponse } from 'node:http';
import { DEFAULT_FAULT_MS, type Fault } from 'local-momento';
import { AwsError } from '../errors';

/** Instead of an output: nothing is sent. */
export const NOT_ANSWERED = Symbol('not answered');

export interface Exchange {
  readonly server: Server;
  readonly response: ServerResponse;
  /** The answer to a call over the limit. */
  readonly throttled: AwsError;
}

/** Runs a call under a fault. Returns its output, or NOT_ANSWERED. Throws AwsError if the fault is an answer. */
export async function withFault<Output>(
  fault: Fault | undefined,
  { server, response, throttled }: Exchange,
  run: () => Output | Promise<Output>,
): Promise<Output | typeof NOT_ANSWERED> {
  switch (fault?.kind) {
    case 'refuse':
      throw new AwsError('ServiceUnavailable', 'The service is out of reach.', 503);
    case 'throttle':
      throw throttled;
    case 'delay':
      await pause(fault.ms ?? DEFAULT_FAULT_MS);
      return run();
    case 'apply-then-time-out':
      return unanswered(run);
    case 'apply-late':
      await pause(fault.ms ?? DEFAULT_FAULT_MS);
      return unanswered(run);
    case 'apply-then-stall':
      response.writeHead(200).write('{');
      return unanswered(run);
    case 'answer-then-drop':
      response.once('finish', () => response.socket?.destroy());
      return run();
    case 'restart':
      server.closeAllConnections();
      return NOT_ANSWERED;
    default: // no fault, or one for topics only
      return run();
  }
}

async function unanswered(run: () => unknown): Promise<typeof NOT_ANSWERED> {
  try {
    await run();
  } catch {
    // an error would be an answer too, and the caller gets none
  }
  return NOT_ANSWERED;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
