// What the host and an instance's worker thread say to each other, and what an invocation comes to.

/** Given to the worker when it starts. */
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
  /** Node.js 24 on Lambda refuses handlers that take a callback */
  callbacksRefused: boolean;
  /** how many milliseconds its dates are ahead of this machine's */
  ahead: Float64Array;
  /** its one element is above 0 while the instance is frozen */
  gate: Int32Array;
}

export type Invocation = { requestId: string; payload: string; deadline: number };

/** An invocation, the question how much heap is in use, or the order to stand still until the gate opens. */
export type ToWorker = Invocation | 'heap' | 'freeze';

/** What a function that failed answers to a direct invoke, in Lambda's own words. */
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
