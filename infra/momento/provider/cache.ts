import * as v from 'valibot';
import { Account } from './account';
import { access, check, differing, parse } from './properties';

const properties = v.object({
  ...access,
  cacheName: v.pipe(v.string(), v.nonEmpty('is empty')),
  deleteCache: v.optional(v.boolean(), false),
});

/** A cache. An existing one is adopted. It is deleted with the resource only if `deleteCache` is set. */
export const cacheProvider = {
  async check(_olds: unknown, news: unknown) {
    return check(properties, news);
  },

  async diff(_id: string, olds: unknown, news: unknown) {
    const changed = differing(olds, news, ['cacheName', 'deleteCache', 'apiKey', 'endpoint']);
    return { changes: changed.length > 0, replaces: changed.filter((key) => key === 'cacheName') };
  },

  async create(inputs: unknown) {
    const outs = parse(properties, inputs);
    await new Account(outs).createCache(outs.cacheName);
    return { id: outs.cacheName, outs };
  },

  async read(id: string, props: unknown) {
    const known = parse(properties, props);
    return (await new Account(known).hasCache(known.cacheName)) ? { id, props: known } : { id: '' };
  },

  /** Nothing to change in Momento: it does not store these properties. */
  async update(_id: string, _olds: unknown, news: unknown) {
    return { outs: parse(properties, news) };
  },

  async delete(_id: string, props: unknown) {
    const { cacheName, deleteCache, ...key } = parse(properties, props);
    if (deleteCache) await new Account(key).deleteCache(cacheName);
  },
};
