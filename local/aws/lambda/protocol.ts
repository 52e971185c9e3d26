// The messages between the host and an instance's worker thread, and the outcome of an invocation.

/** The worker gets this when it starts. */
export interface Boot {
  /** absolute path of the handler's file */
  file: string;
  exportName: string;
  functionName: string;
  functionArn: string;
  memoryMb: number;
  logGroup: string;
  logStream: string;
  logFormat: 'JSON' | 'Text';
  logLevel: string;
  /** Lambda's Node.js 24 refuses handlers that take a callback */
  callbacksRefused: boolean;
  /** how far its dates are ahead of this machine's, in milliseconds */
  ahead: Float64Array;
  /** its one element is above 0 while the instance is frozen */
  gate: Int32Array;
}

export type Invocation = { requestId: string; payload: string; deadline: number };

/** An invocation, a request for the heap in use, or the order to freeze until the gate opens. */
export type ToWorker = Invocation | 'heap' | 'freeze';

/** A failed function's answer to a direct invoke, in Lambda's own words. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'log'; line: string }
  | { kind: 'heap'; bytes: number }
  | { kind: 'freezing' }
  | { kind: 'answered'; requestId: string; payload: string }
  | { kind: 'failed'; requestId: string | undefined; error: FunctionError };

export type Outcome = { ok: true; payload: string } | { ok: false; error: FunctionError };
