// Momento's errors on the wire: a gRPC code. The metadata `err` has the cause if Momento's SDKs distinguish several
// (`determineLimitExceededMessageWrapper`, `CacheServiceErrorMapper`).
import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import type { FaultStatus } from './faults';

/** An action throws it; the dispatcher answers the call with it. */
export class MomentoError extends Error {
  override readonly name = 'MomentoError';

  constructor(
    readonly code: status,
    message: string,
    readonly reason?: string,
  ) {
    super(message);
  }
}

export const invalidArgument = (message: string): MomentoError =>
  new MomentoError(status.INVALID_ARGUMENT, message);

export const unauthenticated = (message: string): MomentoError =>
  new MomentoError(status.UNAUTHENTICATED, message);

export const permissionDenied = (message: string): MomentoError =>
  new MomentoError(status.PERMISSION_DENIED, message);

export const notFound = (message: string): MomentoError => new MomentoError(status.NOT_FOUND, message);

export const cacheNotFound = (name: string): MomentoError =>
  notFound(`There is no cache named ${JSON.stringify(name)}`);

export const failedPrecondition = (message: string): MomentoError =>
  new MomentoError(status.FAILED_PRECONDITION, message);

export const limitExceeded = (message: string, reason?: string): MomentoError =>
  new MomentoError(status.RESOURCE_EXHAUSTED, message, reason);

export const unavailable = (message: string): MomentoError => new MomentoError(status.UNAVAILABLE, message);

const CODES: Readonly<Record<FaultStatus, status>> = {
  aborted: status.ABORTED,
  'already-exists': status.ALREADY_EXISTS,
  cancelled: status.CANCELLED,
  'data-loss': status.DATA_LOSS,
  'deadline-exceeded': status.DEADLINE_EXCEEDED,
  'failed-precondition': status.FAILED_PRECONDITION,
  internal: status.INTERNAL,
  'invalid-argument': status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  'out-of-range': status.OUT_OF_RANGE,
  'permission-denied': status.PERMISSION_DENIED,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  unauthenticated: status.UNAUTHENTICATED,
  unavailable: status.UNAVAILABLE,
  unimplemented: status.UNIMPLEMENTED,
  unknown: status.UNKNOWN,
};

/** The error of a fault; no other of the local Momento has this message. */
export const faulty = (name: FaultStatus = 'unavailable'): MomentoError =>
  new MomentoError(CODES[name], 'A fault of the local Momento refuses this call');

/** The error on the wire for anything that an action threw; a defect of the local Momento is INTERNAL. */
export function toStatus(error: unknown): StatusObject {
  const metadata = new Metadata();
  if (!(error instanceof MomentoError)) {
    const details = error instanceof Error ? error.message : String(error);
    return { code: status.INTERNAL, details: `The local Momento failed: ${details}`, metadata };
  }
  if (error.reason !== undefined) metadata.set('err', error.reason);
  return { code: error.code, details: error.message, metadata };
}
