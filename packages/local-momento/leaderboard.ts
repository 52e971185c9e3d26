// A leaderboard: scores by id, in the order of the scores, then of the ids (momentohq/client-protos, leaderboard.proto).
import { type Bound, SortedSet } from './sorted-set';

export interface RankedElement {
  id: number;
  score: number;
  /** From 0 on. */
  rank: number;
}

export class Leaderboard {
  readonly #scores = new SortedSet();

  get size(): number {
    return this.#scores.size;
  }

  upsert(id: number, score: number): void {
    this.#scores.put(bytesOf(id), score);
  }

  remove(id: number): void {
    this.#scores.remove(bytesOf(id));
  }

  /** From rank `start` up to, but not including, rank `end`. */
  byRank(start: number, end: number, descending: boolean): RankedElement[] {
    return this.#scores
      .byRank(start, end, descending)
      .map(({ value, score }, index) => ({ id: idIn(value), score, rank: start + index }));
  }

  byScore(min: Bound | undefined, max: Bound | undefined, descending: boolean): RankedElement[] {
    const found = this.#scores.byScore(min, max, descending);
    const first = found[0] === undefined ? 0 : (this.#scores.rankOf(found[0].value, descending) ?? 0);
    return found.map(({ value, score }, index) => ({ id: idIn(value), score, rank: first + index }));
  }

  /** The elements of these ids that are there, each with a rank of its own. */
  ranksOf(ids: readonly number[], descending: boolean): RankedElement[] {
    return this.#found(ids, (id) => this.#scores.rankOf(bytesOf(id), descending) ?? 0);
  }

  /** The elements of these ids that are there. Equal scores share a rank, the number of better scores. */
  competitionRanksOf(ids: readonly number[], descending: boolean): RankedElement[] {
    return this.#found(ids, (_, score) => {
      const beyond = { score, exclusive: true };
      return descending
        ? this.#scores.countByScore(beyond, undefined)
        : this.#scores.countByScore(undefined, beyond);
    });
  }

  #found(ids: readonly number[], rankOf: (id: number, score: number) => number): RankedElement[] {
    return ids.flatMap((id) => {
      const score = this.#scores.scoreOf(bytesOf(id));
      return score === undefined ? [] : [{ id, score, rank: rankOf(id, score) }];
    });
  }
}

/** Bytes that are in order as the numbers are. */
function bytesOf(id: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(id));
  return bytes;
}

const idIn = (bytes: Uint8Array): number => Number(Buffer.from(bytes).readBigUInt64BE());
