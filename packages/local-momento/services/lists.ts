// Lists: push, concatenate, pop, fetch, length, remove, retain, erase.
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import type { Cache, CollectionTtl } from '../caches';
import type { Bound } from '../dispatch';
import { invalidArgument } from '../errors';
import { checkElements } from '../limits';
import { slice } from '../slice';
import type { DataActions } from './data';

type End = 'front' | 'back';
type Push = CollectionTtl & { list_name: Uint8Array };

const nameOf = (request: { list_name: Uint8Array }): Uint8Array[] => [request.list_name];

export function lists({ read, write }: DataActions): Record<string, Bound> {
  return {
    ListPushFront: write(nameOf, (request: scs._ListPushFrontRequest, cache) => {
      const list_length = push(cache, request, 'front', [request.value], request.truncate_back_to_size);
      return new scs._ListPushFrontResponse({ list_length });
    }),

    ListPushBack: write(nameOf, (request: scs._ListPushBackRequest, cache) => {
      const list_length = push(cache, request, 'back', [request.value], request.truncate_front_to_size);
      return new scs._ListPushBackResponse({ list_length });
    }),

    ListConcatenateFront: write(nameOf, (request: scs._ListConcatenateFrontRequest, cache) => {
      const list_length = push(cache, request, 'front', request.values, request.truncate_back_to_size);
      return new scs._ListConcatenateFrontResponse({ list_length });
    }),

    ListConcatenateBack: write(nameOf, (request: scs._ListConcatenateBackRequest, cache) => {
      const list_length = push(cache, request, 'back', request.values, request.truncate_front_to_size);
      return new scs._ListConcatenateBackResponse({ list_length });
    }),

    ListPopFront: write(nameOf, (request: scs._ListPopFrontRequest, cache) => {
      const list = cache.get(request.list_name, 'list');
      const front = list?.shift();
      const { _Missing, _Found } = scs._ListPopFrontResponse;
      if (list === undefined || front === undefined)
        return new scs._ListPopFrontResponse({ missing: new _Missing() });
      cache.reduce(request.list_name, 'list', list);
      return new scs._ListPopFrontResponse({ found: new _Found({ front, list_length: list.length }) });
    }),

    ListPopBack: write(nameOf, (request: scs._ListPopBackRequest, cache) => {
      const list = cache.get(request.list_name, 'list');
      const back = list?.pop();
      const { _Missing, _Found } = scs._ListPopBackResponse;
      if (list === undefined || back === undefined)
        return new scs._ListPopBackResponse({ missing: new _Missing() });
      cache.reduce(request.list_name, 'list', list);
      return new scs._ListPopBackResponse({ found: new _Found({ back, list_length: list.length }) });
    }),

    ListFetch: read(nameOf, (request: scs._ListFetchRequest, cache) => {
      const list = cache.get(request.list_name, 'list');
      const { _Missing, _Found } = scs._ListFetchResponse;
      const values = list?.slice(...rangeOf(list, request)) ?? [];
      // Of an empty range too: Momento's Go suite expects it.
      if (values.length === 0) return new scs._ListFetchResponse({ missing: new _Missing() });
      return new scs._ListFetchResponse({ found: new _Found({ values }) });
    }),

    ListLength: read(nameOf, (request: scs._ListLengthRequest, cache) => {
      const list = cache.get(request.list_name, 'list');
      const { _Missing, _Found } = scs._ListLengthResponse;
      if (list === undefined) return new scs._ListLengthResponse({ missing: new _Missing() });
      return new scs._ListLengthResponse({ found: new _Found({ length: list.length }) });
    }),

    ListRemove: write(nameOf, (request: scs._ListRemoveRequest, cache) => {
      if (request.remove === 'none') throw invalidArgument('ListRemove without a value to remove');
      const list = cache.get(request.list_name, 'list');
      const { _Missing, _Found } = scs._ListRemoveResponse;
      if (list === undefined) return new scs._ListRemoveResponse({ missing: new _Missing() });
      const content = list.filter((value) => Buffer.compare(value, request.all_elements_with_value) !== 0);
      cache.reduce(request.list_name, 'list', content);
      return new scs._ListRemoveResponse({ found: new _Found({ list_length: content.length }) });
    }),

    ListRetain: write(nameOf, (request: scs._ListRetainRequest, cache) => {
      const list = cache.get(request.list_name, 'list');
      const { _Missing, _Found } = scs._ListRetainResponse;
      if (list === undefined) return new scs._ListRetainResponse({ missing: new _Missing() });
      const content = cache.change(request.list_name, 'list', list, request, () =>
        list.slice(...rangeOf(list, request)),
      );
      return new scs._ListRetainResponse({ found: new _Found({ list_length: content.length }) });
    }),

    ListErase: write(nameOf, (request: scs._ListEraseRequest, cache) => {
      const list = cache.get(request.list_name, 'list');
      const { _Missing, _Found } = scs._ListEraseResponse;
      if (list === undefined) return new scs._ListEraseResponse({ missing: new _Missing() });
      const ranges = request.erase === 'some' ? request.some.ranges : [];
      const erased = (index: number): boolean =>
        request.erase === 'all' ||
        ranges.some(({ begin_index, count }) => index >= begin_index && index < begin_index + count);
      const content = list.filter((_, index) => !erased(index));
      cache.reduce(request.list_name, 'list', content);
      return new scs._ListEraseResponse({ found: new _Found({ list_length: content.length }) });
    }),
  };
}

/** Adds at one end. If `size` is not 0, cuts the other end down to that size. Returns the new length. */
function push(cache: Cache, request: Push, end: End, values: Uint8Array[], size: number): number {
  checkElements(values);
  const changed = cache.change(request.list_name, 'list', [], request, (list) => {
    if (end === 'front') list.unshift(...values);
    else list.push(...values);
    const excess = size === 0 ? 0 : list.length - size;
    if (excess > 0) list.splice(end === 'front' ? size : 0, excess);
    return list;
  });
  return changed.length;
}

type Range = Pick<scs._ListFetchRequest, 'start_index' | 'inclusive_start' | 'end_index' | 'exclusive_end'>;

function rangeOf(list: Uint8Array[], request: Range): [from: number, to: number] {
  return slice(
    list.length,
    request.start_index === 'inclusive_start' ? request.inclusive_start : undefined,
    request.end_index === 'exclusive_end' ? request.exclusive_end : undefined,
  );
}
