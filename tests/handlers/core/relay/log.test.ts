// The log lines by which a person follows a relay: each has a level and an outcome, and no message, user or address.
import assert from 'node:assert/strict';
import type { StreamListener } from '../../../../handlers/core/relay/feed';
import { Relay, type RelaySettings } from '../../../../handlers/core/relay/relay';
import { ManualClock, settled } from './manual-clock';
import { RecordedReport } from './recorded-report';

/** A relay whose deliveries stay under way. */
function relay(settings: Partial<RelaySettings> = {}) {
  const clock = new ManualClock();
  const report = new RecordedReport();
  const listeners: StreamListener[] = [];
  const it = new Relay({
    cache: 'c',
    topic: 't',
    clock,
    report,
    openStream: (_, listener) => {
      listeners.push(listener);
      return { close: () => undefined };
    },
    checkpoints: { read: async () => undefined, write: async () => undefined },
    post: () => new Promise(() => undefined),
    signingSecret: async () => 'one',
    deadLetter: async (events) => events.map(() => undefined),
    inFlight: 32,
    ...settings,
  });
  const receive = (sequence: number, text: string | undefined, tokenId = 'taylor') =>
    listeners.at(-1)?.message({ page: 77, sequence, tokenId, text });
  return { relay: it, clock, report, receive };
}

describe('the log of the relay', () => {
  it('has a line for the start, which says where it goes on', async () => {
    const first = relay();
    await first.relay.start();
    assert.deepEqual(first.report.lines, [{ level: 'info', outcome: 'started', from: undefined }]);
    const read = async () => '{"page":3,"sequence":9}';
    const second = relay({ checkpoints: { read, write: async () => undefined } });
    await second.relay.start();
    const from = { page: 3, sequence: 9 };
    assert.deepEqual(second.report.lines, [{ level: 'info', outcome: 'started', from }]);
  });

  it('has a line for the end, which says how many messages are left to the next one', async () => {
    const { relay: it, clock, report, receive } = relay();
    await it.start();
    receive(1, 'hello');
    receive(2, 'hello');
    const stopped = it.stop(1_000);
    await clock.pass(1_000);
    await stopped;
    assert.deepEqual(report.lines.at(-1), { level: 'info', outcome: 'stopped', unfinished: 2 });
  });

  it('has a line for each time that the checkpoint could not be read, by the name of the error', async () => {
    const read = () => Promise.reject(new RangeError('at the secret address'));
    const { relay: it, clock, report } = relay({ checkpoints: { read, write: async () => undefined } });
    void it.start();
    await clock.pass(500);
    const line = { level: 'warn', outcome: 'checkpoint not read', reason: 'RangeError' };
    assert.deepEqual(report.lines, [line, line]);
    await it.stop(0);
    await clock.pass(15_000);
  });

  it('has a line for each time that the checkpoint could not be written, by the name of the error', async () => {
    const write = () => Promise.reject(new RangeError('at the secret address'));
    const {
      relay: it,
      clock,
      report,
      receive,
    } = relay({ checkpoints: { read: async () => undefined, write } });
    await it.start();
    receive(1, 'hello');
    await clock.pass(0);
    assert.deepEqual(report.lines.at(-1), {
      level: 'warn',
      outcome: 'checkpoint not written',
      reason: 'RangeError',
    });
  });

  it('has a line for a message that is no text, by its place', async () => {
    const { relay: it, report, receive } = relay();
    await it.start();
    receive(4, undefined);
    assert.deepEqual(report.lines.at(-1), { level: 'warn', outcome: 'not text', page: 77, sequence: 4 });
    assert.deepEqual([report.counts, it.unfinished], [{ Malformed: 1 }, 0]);
  });

  it('has a line for a pause, which says how many messages it waits for', async () => {
    const { relay: it, report, receive } = relay({ capacity: { messages: 2, characters: 1_000 } });
    await it.start();
    receive(1, 'hello');
    assert.equal(report.of('paused').length, 0);
    receive(2, 'hello', 'robin');
    await settled();
    assert.deepEqual(report.lines.at(-1), { level: 'warn', outcome: 'paused', unfinished: 2 });
  });
});
