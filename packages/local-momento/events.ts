// The events of the local Momento, for a live view.
import type { EventEmitter } from 'node:events';
import type { FaultKind } from './faults';

export interface TopicMessage {
  cache: string;
  topic: string;
  sequenceNumber: number;
  sequencePage: number;
  /** Empty if an API key published it. */
  tokenId: string;
  /** Undefined for a binary message. */
  text: string | undefined;
  /** Milliseconds since the epoch. */
  publishedAt: number;
}

export interface Delivery {
  webhook: string;
  url: string;
  message: TopicMessage;
}

/** Event names and the arguments of their listeners. */
export interface MomentoEvents {
  /** A call was answered, or applied without an answer; `code` is the gRPC status, 0 for OK. */
  call: [{ operation: string; cache: string; code: number; tokenId: string; ms: number }];
  fault: [{ operation: string; kind: FaultKind }];
  tokenVended: [{ tokenId: string; expiresAt: number }];
  published: [TopicMessage];
  subscribed: [{ cache: string; topic: string; resumedAt: number | undefined }];
  unsubscribed: [{ cache: string; topic: string }];
  /** A topic's sequence began again; the old page's messages are gone. */
  topicReset: [
    { cache: string; topic: string; lastSequenceNumber: number; oldPage: number; newPage: number },
  ];
  /** A webhook was called once. Without `status` there was no answer, and `error` says why. */
  delivered: [Delivery & { status?: number; error?: string; ms: number }];
  /** A webhook was not called at all. */
  deliveryDropped: [Delivery & { reason: 'backlog is full' | 'message is binary' | 'webhook was deleted' }];
}

export type MomentoEmitter = EventEmitter<MomentoEvents>;
