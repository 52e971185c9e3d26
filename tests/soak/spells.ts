// Plans the quiet spells of a soak from its seed: what happens to the stack while nobody calls it, and how its API key is
// wrong afterwards.

import { KEY_TROUBLES, type KeyTrouble } from 'local-momento';
import { CONNECTION_FAULTS, type ConnectionFault } from 'local-momento/faults';
import type { Chance } from './random';

const MINUTE_MS = 60_000;

/** Enough for each way that connections die, and each way that a key is wrong. */
const LEAST = 3;
const ONE_FOR_EVENTS = 5_000;

export interface Spell {
  /** How all connections die. */
  readonly death: ConnectionFault;
  /** How long all functions are frozen, in milliseconds: longer than Momento's balancers keep an idle connection. */
  readonly quietMs: number;
  /** Whether the signing secret is rotated meanwhile. */
  readonly rotates: boolean;
  /** How long the API key is wrong afterwards, in milliseconds. */
  readonly trouble: KeyTrouble;
  readonly wrongMs: number;
}

/** As many as the events give time for. Any nine in a row combine each death with each trouble. */
export function planSpells(chance: Chance, events: number): Spell[] {
  const count = Math.max(LEAST, Math.floor(events / ONE_FOR_EVENTS));
  const [firstDeath, firstTrouble] = [chance.below(3, 'first death'), chance.below(3, 'first trouble')];
  return Array.from({ length: count }, (_, nth) => ({
    death: CONNECTION_FAULTS[(firstDeath + nth) % 3] ?? 'idle-fin',
    quietMs: (6 + chance.below(10, 'quiet', nth)) * MINUTE_MS,
    rotates: nth % LEAST === 0 || chance.roll('rotates', nth) < 0.5,
    trouble: KEY_TROUBLES[(firstTrouble + nth + Math.floor(nth / 3)) % 3] ?? 'revoked',
    wrongMs: (1 + chance.below(3, 'wrong', nth)) * MINUTE_MS,
  }));
}
