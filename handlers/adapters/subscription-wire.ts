// The wire format of `Subscribe` (momentohq/client-protos, cachepubsub.proto). Momento's generated types turn a uint64 into a
// number, which alters a large sequence page. This code keeps it exact.
import { BinaryReader, BinaryWriter } from 'google-protobuf';
import type { StreamListener } from '../core/relay/feed';
import type { Position } from '../core/relay/following';
import type { Message } from '../core/relay/held';
import { uint64 } from '../core/uint64';

export const SUBSCRIBE = '/cache_client.pubsub.Pubsub/Subscribe';

export interface SubscriptionRequest {
  readonly cacheName: string;
  readonly topicName: string;
  /** Undefined: Momento chooses where to begin. */
  readonly from: Position | undefined;
}

/** What was received, as a call to the listener. */
export type Heard = (listener: StreamListener) => void;

/** `_SubscriptionRequest`. */
export function encodeRequest({ cacheName, topicName, from }: SubscriptionRequest): Buffer {
  const writer = new BinaryWriter();
  writer.writeString(1, cacheName);
  writer.writeString(2, topicName);
  if (from) {
    writer.writeUint64(3, from.sequence);
    writer.writeUint64String(4, String(from.page));
  }
  return Buffer.from(writer.getResultBuffer());
}

/** `_SubscriptionItem`. Anything but an item or a discontinuity counts as a heartbeat. */
export function decodeItem(bytes: Buffer): Heard {
  let heard: Heard = (listener) => listener.heartbeat();
  fields(new BinaryReader(bytes), {
    1: (reader) => {
      const message = readMessage(reader);
      heard = (listener) => listener.message(message);
    },
    2: (reader) => {
      const next = readDiscontinuity(reader);
      heard = (listener) => listener.discontinuity(next);
    },
  });
  return heard;
}

/** `_TopicItem`. */
function readMessage(outer: BinaryReader): Message {
  const read: { -readonly [Key in keyof Message]: Message[Key] } = {
    page: 0,
    sequence: 0,
    tokenId: '',
    text: undefined,
  };
  nested(outer, {
    1: (reader) => {
      read.sequence = reader.readUint64();
    },
    2: (value) =>
      // `_TopicValue`: either text or bytes; the last one counts
      nested(value, {
        1: (reader) => {
          read.text = reader.readString();
        },
        2: (reader) => {
          reader.skipField();
          read.text = undefined;
        },
      }),
    3: (reader) => {
      read.tokenId = reader.readString();
    },
    4: (reader) => {
      read.page = uint64(reader.readUint64String());
    },
  });
  return read;
}

/** `_Discontinuity`: "The new topic sequence number after which TopicItems will ostensibly resume", and the page. */
function readDiscontinuity(outer: BinaryReader): Position {
  const next: { -readonly [Key in keyof Position]: Position[Key] } = { page: 0, sequence: 1 };
  nested(outer, {
    2: (reader) => {
      next.sequence = reader.readUint64() + 1;
    },
    3: (reader) => {
      next.page = uint64(reader.readUint64String());
    },
  });
  return next;
}

type Readers = Readonly<Record<number, (reader: BinaryReader) => void>>;

function nested(reader: BinaryReader, readers: Readers): void {
  reader.readMessage(undefined, () => fields(reader, readers));
}

/** Reads each known field by its number and skips the others. */
function fields(reader: BinaryReader, readers: Readers): void {
  while (reader.nextField() && !reader.isEndGroup()) {
    const read = readers[reader.getFieldNumber()];
    if (read) read(reader);
    else reader.skipField();
  }
}
