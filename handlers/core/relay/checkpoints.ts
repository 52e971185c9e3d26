// The checkpoint: the lowest unfinished message, where a relay that starts again continues.
import * as v from 'valibot';
import type { Clock } from '../clock';
import { reasonOf, Unprocessable } from '../errors';
import { parseJson } from '../parse';
import { uint64Schema } from '../uint64';
import { FROM_THE_OLDEST, type Position } from './following';
import type { Report } from './report';

/** The least time between two writes, in milliseconds. */
export const WRITE_EVERY_MS = 1_000;
/** How often to look for the first position, in milliseconds. */
const FIRST_LOOK_EVERY_MS = 20;
/** An unchanged checkpoint is written again after this time, in milliseconds, so that it does not expire. */
export const RENEW_EVERY_MS = 3_600_000;

/** Stores the checkpoint, as text. Both methods reject if the store is out of reach. */
export interface CheckpointStore {
  /** Undefined if there is none. */
  read(): Promise<string | undefined>;
  write(checkpoint: string): Promise<void>;
}

const schema = v.object({
  page: uint64Schema('must be a whole number'),
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});

/** Where to continue: undefined on the first start; from the oldest message if the checkpoint is unreadable. */
export async function readCheckpoint(store: CheckpointStore): Promise<Position | undefined> {
  const text = await store.read();
  if (text === undefined) return undefined;
  try {
    return parseJson(schema, text);
  } catch (error) {
    if (error instanceof Unprocessable) return FROM_THE_OLDEST;
    throw error;
  }
}

/** Writes the checkpoint whenever it has changed, at most once per `WRITE_EVERY_MS`. */
export class Checkpoints {
  #written: string | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #dueSince: number | undefined;
  #writing: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;

  /** @param position the lowest message that is not finished; undefined before the first subscription */
  constructor(
    private readonly store: CheckpointStore,
    private readonly position: () => Position | undefined,
    private readonly clock: Clock,
    private readonly report: Report,
  ) {}

  /** Writes the first checkpoint as soon as there is a position: without one, a relay that is killed starts over. */
  start(): void {
    this.#next(0);
  }

  /** How long a due checkpoint has not been written, in milliseconds; 0 if none is due. */
  get overdueMs(): number {
    return this.#dueSince === undefined ? 0 : this.clock.now() - this.#dueSince;
  }

  #next(afterMs: number): void {
    this.#cancel = this.clock.after(afterMs, () => {
      const next = this.position() ? WRITE_EVERY_MS : FIRST_LOOK_EVERY_MS;
      this.#writing = this.#write().finally(() => this.#cancel && this.#next(next));
    });
  }

  /** Writes the last checkpoint, after any write under way. Resolves when that has succeeded or failed. */
  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const position = this.position();
    if (!position) return;
    const checkpoint = JSON.stringify({ page: position.page, sequence: position.sequence });
    const isFresh = this.clock.now() - this.#writtenAt < RENEW_EVERY_MS;
    if (checkpoint === this.#written && isFresh) return;
    this.#dueSince ??= this.clock.now();
    try {
      await this.store.write(checkpoint);
      this.#written = checkpoint;
      this.#writtenAt = this.clock.now();
      this.#dueSince = undefined;
    } catch (error) {
      this.report.log('warn', { outcome: 'checkpoint not written', reason: reasonOf(error) });
    }
  }
}
