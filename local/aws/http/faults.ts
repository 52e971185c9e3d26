// What each kind of fault means on the wire, where a call comes over HTTP.
import type { Server, ServerResponse } from 'node:http';
import { DEFAULT_FAULT_MS, type Fault } from 'local-momento/faults';
import { AwsError } from '../errors';

/** In place of an output: there is nothing to send. */
export const NOT_ANSWERED = Symbol('not answered');

export interface Exchange {
  readonly server: Server;
  readonly response: ServerResponse;
  /** What is answered beyond the limit. */
  readonly throttled: AwsError;
}

/** Runs a call as the fault lets it. Gives its output, or NOT_ANSWERED; throws AwsError where the fault is an answer. */
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
    default: // no fault, or one that only a topic can have
      return run();
  }
}

async function unanswered(run: () => unknown): Promise<typeof NOT_ANSWERED> {
  try {
    await run();
  } catch {
    // an error is an answer too, and the caller gets none
  }
  return NOT_ANSWERED;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
