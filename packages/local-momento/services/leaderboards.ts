// Leaderboards: upsert, remove, fetch by rank and by score, ranks, length, delete.
import { common } from '@gomomento/generated-types/dist/common';
import { leaderboard as grpc } from '@gomomento/generated-types/dist/leaderboard';
import type { Cache } from '../caches';
import type { Bound } from '../dispatch';
import { invalidArgument } from '../errors';
import { Leaderboard } from '../leaderboard';
import type { DataActions } from './data';

/** "You can have up to 8192 elements" (leaderboard.proto), in a request as in an answer. */
const MAX_ELEMENTS = 8_192;

const { DESCENDING } = grpc._Order;

type Named = { leaderboard: string };

/** Permissions for items apply by a leaderboard's name, as by a key. */
const nameOf = ({ leaderboard }: Named): Uint8Array[] => [Buffer.from(leaderboard)];

export function leaderboards({ read, write }: DataActions): Record<string, Bound> {
  return {
    UpsertElements: write(nameOf, (request: grpc._UpsertElementsRequest, cache) => {
      checkCount(request.elements.length);
      if (!request.elements.every(({ score }) => Number.isFinite(score))) {
        throw invalidArgument('A score must be a finite number');
      }
      if (request.leaderboard.trim() === '') {
        throw invalidArgument('The name of a leaderboard must not be empty');
      }
      const board = named(cache, request);
      for (const { id, score } of request.elements) board.upsert(id, score);
      cache.leaderboards.set(request.leaderboard, board);
      return new common._Empty();
    }),

    RemoveElements: write(nameOf, (request: grpc._RemoveElementsRequest, cache) => {
      checkCount(request.ids.length);
      const board = named(cache, request);
      for (const id of request.ids) board.remove(id);
      return new common._Empty();
    }),

    DeleteLeaderboard: write(nameOf, (request: grpc._DeleteLeaderboardRequest, cache) => {
      cache.leaderboards.delete(request.leaderboard);
      return new common._Empty();
    }),

    GetLeaderboardLength: read(nameOf, (request: grpc._GetLeaderboardLengthRequest, cache) => {
      return new grpc._GetLeaderboardLengthResponse({ count: named(cache, request).size });
    }),

    GetByRank: read(nameOf, (request: grpc._GetByRankRequest, cache) => {
      const { start_inclusive: start, end_exclusive: end } = request.rank_range;
      checkCount(end - start);
      const found = named(cache, request).byRank(start, end, request.order === DESCENDING);
      return new grpc._GetByRankResponse({ elements: found.map(messageOf) });
    }),

    GetByScore: read(nameOf, (request: grpc._GetByScoreRequest, cache) => {
      checkCount(request.limit_elements);
      const { min, min_inclusive, max, max_exclusive } = request.score_range;
      const found = named(cache, request).byScore(
        min === 'min_inclusive' ? { score: min_inclusive, exclusive: false } : undefined,
        max === 'max_exclusive' ? { score: max_exclusive, exclusive: true } : undefined,
        request.order === DESCENDING,
      );
      const elements = found.slice(request.offset, request.offset + request.limit_elements);
      return new grpc._GetByScoreResponse({ elements: elements.map(messageOf) });
    }),

    GetRank: read(nameOf, (request: grpc._GetRankRequest, cache) => {
      checkCount(request.ids.length);
      const found = named(cache, request).ranksOf(request.ids, request.order === DESCENDING);
      return new grpc._GetRankResponse({ elements: found.map(messageOf) });
    }),

    GetCompetitionRank: read(nameOf, (request: grpc._GetCompetitionRankRequest, cache) => {
      checkCount(request.ids.length);
      // Momento's Rust SDK: "Defaults to DESCENDING order".
      const descending = !request.has_order || request.order === DESCENDING;
      const found = named(cache, request).competitionRanksOf(request.ids, descending);
      return new grpc._GetCompetitionRankResponse({ elements: found.map(messageOf) });
    }),
  };
}

/** One that does not exist is like an empty one. */
const named = (cache: Cache, { leaderboard }: Named): Leaderboard =>
  cache.leaderboards.get(leaderboard) ?? new Leaderboard();

function checkCount(count: number): void {
  if (count >= 1 && count <= MAX_ELEMENTS) return;
  throw invalidArgument(`A call must be for 1 to ${MAX_ELEMENTS} elements, not ${count}`);
}

const messageOf = (element: { id: number; score: number; rank: number }): grpc._RankedElement =>
  new grpc._RankedElement(element);
