// A relay whose topic, webhook, queue and cache a test plays, on a clock that runs fast.
import assert from 'node:assert/strict';
import { eventParser, type TopicEvent } from '../../../../handlers/core/event';
import type { Answered } from '../../../../handlers/core/relay/delivery';
import type { StreamListener } from '../../../../handlers/core/relay/feed';
import type { Position } from '../../../../handlers/core/relay/following';
import { Relay, type RelaySettings } from '../../../../handlers/core/relay/relay';
import type { WebhookRequest } from '../../../../handlers/core/relay/request';
import { ManualClock, settled } from './manual-clock';
import { RecordedReport } from './recorded-report';

export const PAGE = 77;
export const parseEvent = eventParser({ cache: 'c', topic: 't' });

export function relay(settings: Partial<RelaySettings> = {}) {
  const clock = new ManualClock();
  const report = new RecordedReport();
  const streams: { from: Position | undefined; listener: StreamListener; isClosed: boolean }[] = [];
  const posts: { at: number; request: WebhookRequest; event: TopicEvent }[] = [];
  const deadLetters: TopicEvent[] = [];
  const world = {
    secret: 'one',
    secretAges: [] as number[],
    checkpoint: undefined as string | undefined,
    checkpointIsUp: true,
    isCheckpointWritable: true,
    queueIsUp: true,
    isRefused: false,
    answer: async (_event: TopicEvent): Promise<Answered> => ({ status: 200 }),
  };
  const it = new Relay({
    cache: 'c',
    topic: 't',
    clock,
    report,
    openStream: (from, listener) => {
      const stream = { from, listener, isClosed: false };
      streams.push(stream);
      if (world.isRefused) clock.after(0, () => listener.ended('PERMISSION_DENIED'));
      return {
        close() {
          stream.isClosed = true;
        },
      };
    },
    checkpoints: {
      read: async () => {
        if (!world.checkpointIsUp) throw new Error('out of reach');
        return world.checkpoint;
      },
      write: async (text) => {
        if (!world.isCheckpointWritable) throw new Error('out of reach');
        world.checkpoint = text;
      },
    },
    post: (request) => {
      const event = parseEvent(request.body.toString());
      posts.push({ at: clock.now(), request, event });
      return world.answer(event);
    },
    signingSecret: async (maxAgeMs) => {
      world.secretAges.push(maxAgeMs);
      return world.secret;
    },
    deadLetter: async (events) => {
      if (!world.queueIsUp) return events.map(() => 'out of reach');
      deadLetters.push(...events);
      return events.map(() => undefined);
    },
    inFlight: 32,
    ...settings,
  });
  let sequence = 0;
  const open = () => {
    const stream = streams.at(-1);
    assert(stream && !stream.isClosed, 'the stream is open');
    return stream.listener;
  };
  const receive = async (tokenId = 'taylor', text: string | undefined = 'hello') => {
    open().message({ page: PAGE, sequence: ++sequence, tokenId, text });
    await settled();
  };
  const start = async () => {
    await it.start();
    open().heartbeat();
  };
  const delivered = () => posts.map(({ event }) => event.topic_sequence_number);
  return { relay: it, clock, report, streams, posts, deadLetters, world, open, receive, start, delivered };
}

export const always = (status: number, retryAfter?: string) => async (): Promise<Answered> => ({
  status,
  retryAfter,
});
