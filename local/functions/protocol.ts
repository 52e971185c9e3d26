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
}

export type Invocation = { requestId: string; payload: string; deadline: number };

/** An invocation, or the question how much heap is in use. */
export type ToWorker = Invocation | 'heap';

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
  | { kind: 'answered'; requestId: string; payload: string }
  | { kind: 'failed'; requestId: string | undefined; error: FunctionError };

export type Outcome = { ok: true; payload: string } | { ok: false; error: FunctionError };
