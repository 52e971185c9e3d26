// Sorted sets: put, fetch by rank and by score, score, rank, increment, length, remove, union.
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import type { Cache } from '../caches';
import type { Bound } from '../dispatch';
import { invalidArgument } from '../errors';
import { checkElements } from '../limits';
import { type Element, type Bound as ScoreBound, SortedSet } from '../sorted-set';
import type { DataActions } from './data';

const { Hit, Miss } = scs.ECacheResult;
const DESCENDING = scs._SortedSetFetchRequest.Order.DESCENDING;

const { SUM, MIN, MAX } = scs._SortedSetUnionStoreRequest.AggregateFunction;
const COMBINED = { [SUM]: (one: number, other: number) => one + other, [MIN]: Math.min, [MAX]: Math.max };

const nameOf = (request: { set_name: Uint8Array }): Uint8Array[] => [request.set_name];

export function sortedSets({ read, write }: DataActions): Record<string, Bound> {
  return {
    SortedSetPut: write(nameOf, (request: scs._SortedSetPutRequest, cache) => {
      checkElements(request.elements.map(({ value }) => value));
      cache.change(request.set_name, 'sortedSet', new SortedSet(), request, (set) => {
        for (const { score } of request.elements) checkScore(score);
        for (const { value, score } of request.elements) set.put(value, score);
        return set;
      });
      return new scs._SortedSetPutResponse();
    }),

    SortedSetIncrement: write(nameOf, (request: scs._SortedSetIncrementRequest, cache) => {
      checkElements([request.value]);
      let score = request.amount;
      cache.change(request.set_name, 'sortedSet', new SortedSet(), request, (set) => {
        score += set.scoreOf(request.value) ?? 0;
        checkScore(score);
        set.put(request.value, score);
        return set;
      });
      return new scs._SortedSetIncrementResponse({ score });
    }),

    SortedSetRemove: write(nameOf, (request: scs._SortedSetRemoveRequest, cache) => {
      const content = cache.get(request.set_name, 'sortedSet');
      if (content !== undefined && request.remove_elements === 'all') cache.delete(request.set_name);
      if (content !== undefined && request.remove_elements === 'some') {
        for (const value of request.some.values) content.remove(value);
        cache.reduce(request.set_name, 'sortedSet', content);
      }
      return new scs._SortedSetRemoveResponse();
    }),

    SortedSetFetch: read(nameOf, (request: scs._SortedSetFetchRequest, cache) => {
      const set = cache.get(request.set_name, 'sortedSet');
      if (set === undefined) {
        return new scs._SortedSetFetchResponse({ missing: new scs._SortedSetFetchResponse._Missing() });
      }
      const found = answerOf(inRange(set, request), request.with_scores);
      return new scs._SortedSetFetchResponse({ found });
    }),

    SortedSetGetScore: read(nameOf, (request: scs._SortedSetGetScoreRequest, cache) => {
      const set = cache.get(request.set_name, 'sortedSet');
      const { _SortedSetMissing, _SortedSetFound, _SortedSetGetScoreResponsePart } =
        scs._SortedSetGetScoreResponse;
      if (set === undefined) return new scs._SortedSetGetScoreResponse({ missing: new _SortedSetMissing() });
      const elements = request.values.map((value) => {
        const score = set.scoreOf(value);
        return new _SortedSetGetScoreResponsePart(
          score === undefined ? { result: Miss } : { result: Hit, score },
        );
      });
      return new scs._SortedSetGetScoreResponse({ found: new _SortedSetFound({ elements }) });
    }),

    SortedSetGetRank: read(nameOf, (request: scs._SortedSetGetRankRequest, cache) => {
      const set = cache.get(request.set_name, 'sortedSet');
      const { _SortedSetMissing, _RankResponsePart } = scs._SortedSetGetRankResponse;
      if (set === undefined) return new scs._SortedSetGetRankResponse({ missing: new _SortedSetMissing() });
      const rank = set.rankOf(request.value, request.order === scs._SortedSetGetRankRequest.Order.DESCENDING);
      const element_rank = new _RankResponsePart(
        rank === undefined ? { result: Miss } : { result: Hit, rank },
      );
      return new scs._SortedSetGetRankResponse({ element_rank });
    }),

    SortedSetLength: read(nameOf, (request: scs._SortedSetLengthRequest, cache) => {
      const set = cache.get(request.set_name, 'sortedSet');
      const { _Missing, _Found } = scs._SortedSetLengthResponse;
      if (set === undefined) return new scs._SortedSetLengthResponse({ missing: new _Missing() });
      return new scs._SortedSetLengthResponse({ found: new _Found({ length: set.size }) });
    }),

    SortedSetLengthByScore: read(nameOf, (request: scs._SortedSetLengthByScoreRequest, cache) => {
      const set = cache.get(request.set_name, 'sortedSet');
      const { _Missing, _Found } = scs._SortedSetLengthByScoreResponse;
      if (set === undefined) return new scs._SortedSetLengthByScoreResponse({ missing: new _Missing() });
      const length = set.countByScore(...countBounds(request));
      return new scs._SortedSetLengthByScoreResponse({ found: new _Found({ length }) });
    }),

    SortedSetUnionStore: write(
      nameOf,
      (request: scs._SortedSetUnionStoreRequest, cache) => {
        if (request.sources.length === 0) throw invalidArgument('A union needs at least one source');
        cache.get(request.set_name, 'sortedSet'); // refuses a key of another kind
        const content = union(request, cache);
        cache.setCollection(request.set_name, 'sortedSet', content, request.ttl_milliseconds);
        return new scs._SortedSetUnionStoreResponse({ length: content.size });
      },
      (request) => request.sources.map(({ set_name }) => set_name),
    ),
  };
}

function checkScore(score: number): void {
  if (Number.isNaN(score)) throw invalidArgument('A score must be a number');
}

/** All elements of the sources. The weighted scores of an element that is in several are combined. */
function union({ sources, aggregate }: scs._SortedSetUnionStoreRequest, cache: Cache): SortedSet {
  const combine = COMBINED[aggregate];
  const content = new SortedSet();
  for (const { set_name, weight } of sources) {
    for (const { value, score } of cache.get(set_name, 'sortedSet')?.elements ?? []) {
      const before = content.scoreOf(value);
      const combined = before === undefined ? score * weight : combine(before, score * weight);
      checkScore(combined);
      content.put(value, combined);
    }
  }
  return content;
}

function inRange(set: SortedSet, request: scs._SortedSetFetchRequest): Element[] {
  const descending = request.order === DESCENDING;
  switch (request.range) {
    case 'by_index': {
      const { start, inclusive_start_index, end, exclusive_end_index } = request.by_index;
      return set.byRank(
        start === 'inclusive_start_index' ? inclusive_start_index : undefined,
        end === 'exclusive_end_index' ? exclusive_end_index : undefined,
        descending,
      );
    }
    case 'by_score': {
      const { min, min_score, max, max_score, offset, count } = request.by_score;
      const found = set.byScore(
        min === 'min_score' ? min_score : undefined,
        max === 'max_score' ? max_score : undefined,
        descending,
      );
      // A negative count means all of them.
      return found.slice(offset, count < 0 ? undefined : offset + count);
    }
    case 'none':
      return set.byRank(undefined, undefined, descending);
  }
}

function answerOf(elements: Element[], withScores: boolean): scs._SortedSetFetchResponse._Found {
  const { _Found } = scs._SortedSetFetchResponse;
  if (!withScores) {
    return new _Found({ values: new _Found._Values({ values: elements.map(({ value }) => value) }) });
  }
  const scored = elements.map(({ value, score }) => new scs._SortedSetElement({ value, score }));
  return new _Found({ values_with_scores: new _Found._ValuesWithScores({ elements: scored }) });
}

function countBounds(request: scs._SortedSetLengthByScoreRequest): [ScoreBound?, ScoreBound?] {
  const bound = (of: string, inclusive: number, exclusive: number): ScoreBound | undefined => {
    if (of.startsWith('inclusive')) return { score: inclusive, exclusive: false };
    return of.startsWith('exclusive') ? { score: exclusive, exclusive: true } : undefined;
  };
  return [
    bound(request.min, request.inclusive_min, request.exclusive_min),
    bound(request.max, request.inclusive_max, request.exclusive_max),
  ];
}
