// Dictionaries: set, get, fetch, increment, length, delete fields.
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import { increment } from '../counter';
import { Dictionary } from '../dictionary';
import type { Bound } from '../dispatch';
import { checkElements } from '../limits';
import type { DataActions } from './data';

const { Hit, Miss } = scs.ECacheResult;

const nameOf = (request: { dictionary_name: Uint8Array }): Uint8Array[] => [request.dictionary_name];

export function dictionaries({ read, write }: DataActions): Record<string, Bound> {
  return {
    DictionarySet: write(nameOf, (request: scs._DictionarySetRequest, cache) => {
      checkElements(request.items.flatMap(({ field, value }) => [field, value]));
      cache.change(request.dictionary_name, 'dictionary', new Dictionary(), request, (dictionary) => {
        for (const { field, value } of request.items) dictionary.set(field, value);
        return dictionary;
      });
      return new scs._DictionarySetResponse();
    }),

    DictionaryIncrement: write(nameOf, (request: scs._DictionaryIncrementRequest, cache) => {
      const { field, amount } = request;
      checkElements([field]);
      let value = amount;
      cache.change(request.dictionary_name, 'dictionary', new Dictionary(), request, (dictionary) => {
        value = increment(dictionary.get(field), amount);
        dictionary.set(field, Buffer.from(String(value)));
        return dictionary;
      });
      return new scs._DictionaryIncrementResponse({ value });
    }),

    DictionaryGet: read(nameOf, (request: scs._DictionaryGetRequest, cache) => {
      const dictionary = cache.get(request.dictionary_name, 'dictionary');
      const { _Missing, _Found, _DictionaryGetResponsePart } = scs._DictionaryGetResponse;
      if (dictionary === undefined) return new scs._DictionaryGetResponse({ missing: new _Missing() });
      const items = request.fields.map((field) => {
        const cache_body = dictionary.get(field);
        return new _DictionaryGetResponsePart(
          cache_body === undefined ? { result: Miss } : { result: Hit, cache_body },
        );
      });
      return new scs._DictionaryGetResponse({ found: new _Found({ items }) });
    }),

    DictionaryFetch: read(nameOf, (request: scs._DictionaryFetchRequest, cache) => {
      const dictionary = cache.get(request.dictionary_name, 'dictionary');
      const { _Missing, _Found } = scs._DictionaryFetchResponse;
      if (dictionary === undefined) return new scs._DictionaryFetchResponse({ missing: new _Missing() });
      const items = dictionary.pairs.map((pair) => new scs._DictionaryFieldValuePair(pair));
      return new scs._DictionaryFetchResponse({ found: new _Found({ items }) });
    }),

    DictionaryLength: read(nameOf, (request: scs._DictionaryLengthRequest, cache) => {
      const dictionary = cache.get(request.dictionary_name, 'dictionary');
      const { _Missing, _Found } = scs._DictionaryLengthResponse;
      if (dictionary === undefined) return new scs._DictionaryLengthResponse({ missing: new _Missing() });
      return new scs._DictionaryLengthResponse({ found: new _Found({ length: dictionary.size }) });
    }),

    DictionaryDelete: write(nameOf, (request: scs._DictionaryDeleteRequest, cache) => {
      const dictionary = cache.get(request.dictionary_name, 'dictionary');
      if (dictionary !== undefined && request.delete === 'all') cache.delete(request.dictionary_name);
      if (dictionary !== undefined && request.delete === 'some') {
        for (const field of request.some.fields) dictionary.delete(field);
        cache.reduce(request.dictionary_name, 'dictionary', dictionary);
      }
      return new scs._DictionaryDeleteResponse();
    }),
  };
}
