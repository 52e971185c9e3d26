// The messages between the host and an instance's worker thread, and the outcome of an invocation.
import type { CompiledFiles } from './compiled-files';

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
  /** what V8 made of files in other instances */
  compiled: CompiledFiles;
}

export type Invocation = { requestId: string; payload: string; deadline: number };

/** A request for what V8 made of files, by their digests. */
export type Compile = { compile: string[] };

/** An invocation, a request for code or for the heap in use, or the order to freeze until the gate opens. */
export type ToWorker = Invocation | Compile | 'heap' | 'freeze';

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
  | { kind: 'compiled'; files: CompiledFiles }
  | { kind: 'answered'; requestId: string; payload: string; fresh: string[] }
  | { kind: 'failed'; requestId: string | undefined; error: FunctionError };

export type Outcome = { ok: true; payload: string } | { ok: false; error: FunctionError };
