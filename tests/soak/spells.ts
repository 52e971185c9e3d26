// Plans the quiet spells of a soak from its seed: what happens to the stack while nobody calls it, and how its API key is
// wrong afterwards.

import { CONNECTION_FAULTS, type ConnectionFault, KEY_TROUBLES, type KeyTrouble } from 'local-momento';
import type { Chance } from './random';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Enough for each way that connections die, and each way that a key is wrong. */
const LEAST = 3;
const ONE_FOR_EVENTS = 5_000;

/** The deaths of which a call on the connection is told. */
const SPOKEN: readonly ConnectionFault[] = ['idle-fin', 'idle-rst'];

export interface Spell {
  /** How all connections die. */
  readonly death: ConnectionFault;
  /**
   * For how long all functions are frozen, in milliseconds: longer than Momento's balancers keep what idles; or, as where a
   * server is replaced, for less time than the handlers trust a connection, so that a call on it must find that it is dead.
   */
  readonly quietMs: number;
  /** Whether the signing secret is rotated meanwhile. */
  readonly rotates: boolean;
  /** How long the API key is wrong afterwards, in milliseconds. */
  readonly trouble: KeyTrouble;
  readonly wrongMs: number;
}

/**
 * So many as the events give time for; any nine in a row have each death with each trouble. One of three is short, and in it
 * the connections are closed or reset: a publisher that has no answer over one that is trusted may not try again.
 */
export function planSpells(chance: Chance, events: number): Spell[] {
  const count = Math.max(LEAST, Math.floor(events / ONE_FOR_EVENTS));
  const [firstDeath, firstTrouble] = [chance.below(3, 'first death'), chance.below(3, 'first trouble')];
  return Array.from({ length: count }, (_, nth) => {
    const round = Math.floor(nth / 3);
    const death = CONNECTION_FAULTS[(firstDeath + nth) % 3] ?? 'idle-fin';
    const isShort = death === SPOKEN[(firstDeath + round) % 2];
    return {
      death,
      quietMs: isShort
        ? (35 + chance.below(15, 'quiet', nth)) * SECOND_MS
        : (6 + chance.below(10, 'quiet', nth)) * MINUTE_MS,
      rotates: nth % LEAST === 0 || chance.roll('rotates', nth) < 0.5,
      trouble: KEY_TROUBLES[(firstTrouble + nth + round) % 3] ?? 'revoked',
      wrongMs: (1 + chance.below(3, 'wrong', nth)) * MINUTE_MS,
    };
  });
}
