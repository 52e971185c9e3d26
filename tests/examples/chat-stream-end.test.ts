// When the chat's page takes its subscription for dead, on a clock that a test moves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

const FILE = join(__dirname, '../../examples/multi-language-chat/client/stream-end.js');

interface StreamEnd {
  heard(): void;
  beat(): void;
}

function streamEnd() {
  const world = { now: 0, told: [] as number[], look: (): void => undefined };
  class NoRequests {
    observe(): void {}
    disconnect(): void {}
  }
  const make: (tell: () => void) => StreamEnd = runInNewContext(
    `${readFileSync(FILE, 'utf8').replace('export class', 'class')}; (tell) => new StreamEnd(tell)`,
    {
      performance: { now: () => world.now },
      PerformanceObserver: NoRequests,
      setInterval: (look: () => void) => {
        world.look = look;
      },
    },
  );
  const end = make(() => world.told.push(world.now));
  /** Passes the seconds; each, it hears what comes in it. */
  const pass = (seconds: number, comes: (second: number) => 'beat' | 'heard' | undefined) => {
    for (let second = 1; second <= seconds; second++) {
      world.now += 1_000;
      const what = comes(second);
      if (what) end[what]();
      world.look();
    }
  };
  return { ...world, told: world.told, end, pass };
}

describe('the end of a stream, as the chat’s page tells it', () => {
  for (const pace of [1, 2, 5, 10]) {
    const beats = (second: number) => (second % pace === 0 ? ('beat' as const) : undefined);

    it(`is never told while heartbeats come each ${pace} s, whatever else comes between them`, () => {
      const { end, pass, told } = streamEnd();
      end.beat();
      pass(30, (second) => beats(second) ?? 'heard');
      pass(60, beats);
      assert.deepEqual(told, []);
    });

    it(`is told when heartbeats each ${pace} s stay away`, () => {
      const { end, pass, told } = streamEnd();
      end.beat();
      pass(30, (second) => beats(second) ?? 'heard');
      pass(40, () => undefined);
      assert.ok(told.length > 0);
    });
  }
});
