// The caches and their items. Each item lives until its time to live is over.
import { status } from '@grpc/grpc-js';
import { byteKey } from './byte-key';
import type { ByteSet } from './byte-set';
import type { Dictionary } from './dictionary';
import { cacheNotFound, failedPrecondition, invalidArgument, MomentoError } from './errors';
import type { Leaderboard } from './leaderboard';
import { checkItem } from './limits';
import type { SortedSet } from './sorted-set';

export interface Contents {
  scalar: Uint8Array;
  dictionary: Dictionary;
  set: ByteSet;
  list: Uint8Array[];
  sortedSet: SortedSet;
}

export type Kind = keyof Contents;
type CollectionKind = Exclude<Kind, 'scalar'>;

interface Item<K extends Kind> {
  kind: K;
  content: Contents[K];
  expiresAt: number;
}

/** A collection's time to live after a write: from now on, or unchanged if the collection exists. */
export interface CollectionTtl {
  ttl_milliseconds: number;
  refresh_ttl: boolean;
}

/** How many items each write checks for expiry: more than it adds, so that expired items cannot pile up. */
const SWEPT_PER_WRITE = 2;

export class Cache {
  /** By name; they do not expire, and share no names with the items. */
  readonly leaderboards = new Map<string, Leaderboard>();
  readonly #items = new Map<string, Item<Kind>>();
  #sweep = this.#items.entries();

  constructor(
    private readonly now: () => number,
    private readonly maxTtlMs: number,
  ) {}

  /** How many items are held, including expired ones that no call has found yet. */
  get size(): number {
    return this.#items.size;
  }

  /** @throws MomentoError (FAILED_PRECONDITION) if the key holds an item of another kind. */
  get<K extends Kind>(key: Uint8Array, kind: K): Contents[K] | undefined {
    const item = this.#live(key);
    if (item === undefined) return undefined;
    if (!isOf(item, kind)) throw failedPrecondition(`The key holds a ${item.kind}, not a ${kind}`);
    return item.content;
  }

  /** @throws MomentoError: INVALID_ARGUMENT for a time to live out of range, RESOURCE_EXHAUSTED for a value too large. */
  setScalar(key: Uint8Array, content: Uint8Array, ttlMs: number): void {
    checkItem(content);
    this.#set(key, { kind: 'scalar', content, expiresAt: this.#expiry(ttlMs) });
  }

  /**
   * Stores a whole collection in place of what the key holds. An empty one is deleted.
   * @throws MomentoError (INVALID_ARGUMENT) for a time to live out of range.
   */
  setCollection<K extends CollectionKind>(
    key: Uint8Array,
    kind: K,
    content: Contents[K],
    ttlMs: number,
  ): void {
    this.#set(key, { kind, content, expiresAt: this.#expiry(ttlMs) });
  }

  /**
   * Changes a collection, or `fresh` if there is none, and stores the result of `change`. An empty collection is deleted.
   * Changes nothing if the time to live is refused.
   * @throws MomentoError: FAILED_PRECONDITION for another kind, INVALID_ARGUMENT for a time to live out of range.
   */
  change<K extends CollectionKind>(
    key: Uint8Array,
    kind: K,
    fresh: Contents[K],
    ttl: CollectionTtl,
    change: (content: Contents[K]) => Contents[K],
  ): Contents[K] {
    const before = this.get(key, kind);
    const expiresAt = this.#expiry(ttl.ttl_milliseconds);
    const content = change(before ?? fresh);
    const kept = ttl.refresh_ttl ? undefined : this.#live(key)?.expiresAt;
    this.#set(key, { kind, content, expiresAt: kept ?? expiresAt });
    return content;
  }

  /** Takes from an existing collection. Its time to live stays; an empty collection is deleted. */
  reduce<K extends CollectionKind>(key: Uint8Array, kind: K, content: Contents[K]): void {
    const expiresAt = this.#live(key)?.expiresAt;
    if (expiresAt !== undefined) this.#set(key, { kind, content, expiresAt });
  }

  kindOf(key: Uint8Array): Kind | undefined {
    return this.#live(key)?.kind;
  }

  /** Whole milliseconds left: less than were given as soon as any time has passed, and at least 1. */
  ttlOf(key: Uint8Array): number | undefined {
    const item = this.#live(key);
    return item === undefined ? undefined : Math.max(1, Math.floor(item.expiresAt - this.now()));
  }

  setTtl(key: Uint8Array, ttlMs: number): void {
    const expiresAt = this.#expiry(ttlMs);
    const item = this.#live(key);
    if (item !== undefined) item.expiresAt = expiresAt;
  }

  delete(key: Uint8Array): void {
    this.#items.delete(byteKey(key));
  }

  clear(): void {
    this.#items.clear();
    this.leaderboards.clear();
  }

  #live(key: Uint8Array): Item<Kind> | undefined {
    const name = byteKey(key);
    const item = this.#items.get(name);
    if (item === undefined || item.expiresAt > this.now()) return item;
    this.#items.delete(name);
    return undefined;
  }

  #set(key: Uint8Array, item: Item<Kind>): void {
    if (key.length === 0) throw invalidArgument('A key must have at least one byte');
    if (isEmptyCollection(item.content)) {
      this.delete(key);
      return;
    }
    this.#items.set(byteKey(key), item);
    this.#dropSomeExpired();
  }

  #dropSomeExpired(): void {
    for (let looked = 0; looked < SWEPT_PER_WRITE; looked += 1) {
      const next = this.#sweep.next();
      if (next.done === true) {
        this.#sweep = this.#items.entries();
        return;
      }
      const [name, item] = next.value;
      if (item.expiresAt <= this.now()) this.#items.delete(name);
    }
  }

  #expiry(ttlMs: number): number {
    if (ttlMs > 0 && ttlMs <= this.maxTtlMs) return this.now() + ttlMs;
    throw invalidArgument(`A time to live must be from 1 to ${this.maxTtlMs} ms, not ${ttlMs}`);
  }
}

export class Caches {
  readonly #byName = new Map<string, Cache>();

  constructor(
    private readonly now: () => number,
    readonly maxTtlSeconds: number,
  ) {}

  get names(): string[] {
    return [...this.#byName.keys()];
  }

  /** @throws MomentoError (NOT_FOUND) if there is none of this name. */
  get(name: string): Cache {
    const cache = this.#byName.get(name);
    if (cache === undefined) throw cacheNotFound(name);
    return cache;
  }

  /** How many items are held, including expired ones that no call has found yet. */
  get itemCount(): number {
    return [...this.#byName.values()].reduce((sum, { size }) => sum + size, 0);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws MomentoError: ALREADY_EXISTS, which the SDK reports as a kind of success, or INVALID_ARGUMENT. */
  create(name: string): void {
    if (name.trim() === '') throw invalidArgument('The name of a cache must not be empty');
    if (this.has(name))
      throw new MomentoError(status.ALREADY_EXISTS, `Cache ${JSON.stringify(name)} already exists`);
    this.#byName.set(name, new Cache(this.now, this.maxTtlSeconds * 1000));
  }

  /** @throws MomentoError (NOT_FOUND) if there is none of this name. */
  delete(name: string): void {
    if (!this.#byName.delete(name)) throw cacheNotFound(name);
  }
}

function isOf<K extends Kind>(item: Item<Kind>, kind: K): item is Item<K> {
  return item.kind === kind;
}

function isEmptyCollection(content: Contents[Kind]): boolean {
  if (content instanceof Uint8Array) return false;
  return (Array.isArray(content) ? content.length : content.size) === 0;
}
