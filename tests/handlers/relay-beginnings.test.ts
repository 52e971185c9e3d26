// What the relay delivers of messages that were published before its first start, for each way in which Momento answers a
// subscription without a position.
import assert from 'node:assert/strict';
import type { MomentoOptions } from 'local-momento';
import { Rig } from './relay-rig';

interface Case {
  readonly beginning: NonNullable<MomentoOptions['beginning']>;
  readonly first: readonly string[];
  readonly broken: readonly string[];
}

const BEFORE = ['before 1', 'before 2'];

/** The messages delivered before `after`: on the first start, and if its stream breaks before the first message. */
const CASES: readonly Case[] = [
  { beginning: 'place', first: [], broken: [] },
  { beginning: 'latest', first: ['before 2'], broken: ['before 2'] },
  // It knows no position to continue at. Everything that Momento holds is delivered, because new messages would be lost
  // otherwise.
  { beginning: 'next', first: [], broken: BEFORE },
  { beginning: 'page', first: [], broken: BEFORE },
];

describe('the first start of the relay', () => {
  let rig: Rig;

  afterEach(() => rig.close());

  for (const { beginning, first, broken } of CASES) {
    it(`delivers ${first.length} of what was published before it, if Momento begins with the ${beginning}`, async () => {
      rig = await Rig.start({ beginning });
      await rig.publish(BEFORE);
      await rig.run();
      await rig.publish(['after']);
      await rig.until(() => rig.texts.includes('after'));
      rig.momento.dropSubscriptions();
      await rig.publish(['after the break']);
      await rig.until(() => rig.texts.includes('after the break'));
      assert.deepEqual(rig.texts, [...first, 'after', 'after the break']);
      assert.deepEqual(rig.missed, 0);
    });

    it(`delivers ${broken.length} of it if its first stream breaks before the first message and Momento begins with the ${beginning}`, async () => {
      rig = await Rig.start({ beginning });
      await rig.publish(BEFORE);
      await rig.run();
      rig.momento.dropSubscriptions();
      await rig.publish(['meanwhile']);
      await rig.until(() => rig.texts.includes('meanwhile'));
      await rig.publish(['after']);
      await rig.until(() => rig.texts.includes('after'));
      assert.deepEqual(rig.texts, [...broken, 'meanwhile', 'after']);
      assert.deepEqual(rig.missed, 0);
    });
  }
});
