// Sets: add, remove, contains, fetch, sample, pop, length.
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import { ByteSet } from '../byte-set';
import type { Bound } from '../dispatch';
import { invalidArgument } from '../errors';
import { checkElements } from '../limits';
import type { DataActions } from './data';

const nameOf = (request: { set_name: Uint8Array }): Uint8Array[] => [request.set_name];

export function sets({ read, write }: DataActions): Record<string, Bound> {
  return {
    SetUnion: write(nameOf, (request: scs._SetUnionRequest, cache) => {
      checkElements(request.elements);
      cache.change(request.set_name, 'set', new ByteSet(), request, (set) => {
        for (const element of request.elements) set.add(element);
        return set;
      });
      return new scs._SetUnionResponse();
    }),

    SetDifference: write(nameOf, (request: scs._SetDifferenceRequest, cache) => {
      const set = cache.get(request.set_name, 'set');
      const { _Missing, _Found } = scs._SetDifferenceResponse;
      if (set === undefined) return new scs._SetDifferenceResponse({ missing: new _Missing() });
      cache.reduce(request.set_name, 'set', difference(set, request));
      return new scs._SetDifferenceResponse({ found: new _Found() });
    }),

    SetContains: read(nameOf, (request: scs._SetContainsRequest, cache) => {
      const set = cache.get(request.set_name, 'set');
      const { _Missing, _Found } = scs._SetContainsResponse;
      if (set === undefined) return new scs._SetContainsResponse({ missing: new _Missing() });
      const contains = request.elements.map((element) => set.has(element));
      return new scs._SetContainsResponse({ found: new _Found({ contains }) });
    }),

    SetFetch: read(nameOf, (request: scs._SetFetchRequest, cache) => {
      const set = cache.get(request.set_name, 'set');
      const { _Missing, _Found } = scs._SetFetchResponse;
      if (set === undefined) return new scs._SetFetchResponse({ missing: new _Missing() });
      return new scs._SetFetchResponse({ found: new _Found({ elements: set.elements }) });
    }),

    SetSample: read(nameOf, (request: scs._SetSampleRequest, cache) => {
      const set = cache.get(request.set_name, 'set');
      const { _Missing, _Found } = scs._SetSampleResponse;
      if (set === undefined) return new scs._SetSampleResponse({ missing: new _Missing() });
      return new scs._SetSampleResponse({ found: new _Found({ elements: set.sample(request.limit) }) });
    }),

    SetPop: write(nameOf, (request: scs._SetPopRequest, cache) => {
      if (request.count === 0) throw invalidArgument('SetPop must take at least one element');
      const set = cache.get(request.set_name, 'set');
      const { _Missing, _Found } = scs._SetPopResponse;
      if (set === undefined) return new scs._SetPopResponse({ missing: new _Missing() });
      const elements = set.sample(request.count);
      for (const element of elements) set.delete(element);
      cache.reduce(request.set_name, 'set', set);
      return new scs._SetPopResponse({ found: new _Found({ elements }) });
    }),

    SetLength: read(nameOf, (request: scs._SetLengthRequest, cache) => {
      const set = cache.get(request.set_name, 'set');
      const { _Missing, _Found } = scs._SetLengthResponse;
      if (set === undefined) return new scs._SetLengthResponse({ missing: new _Missing() });
      return new scs._SetLengthResponse({ found: new _Found({ length: set.size }) });
    }),
  };
}

/** What is left: of the stored elements without the given ones, or of the given ones without the stored. */
function difference(stored: ByteSet, request: scs._SetDifferenceRequest): ByteSet {
  if (request.difference === 'minuend') {
    checkElements(request.minuend.elements);
    const left = new ByteSet();
    for (const element of request.minuend.elements) if (!stored.has(element)) left.add(element);
    return left;
  }
  if (request.difference === 'none' || request.subtrahend.subtrahend_set === 'none') {
    throw invalidArgument('SetDifference without elements');
  }
  if (request.subtrahend.subtrahend_set === 'identity') return new ByteSet();
  for (const element of request.subtrahend.set.elements) stored.delete(element);
  return stored;
}
