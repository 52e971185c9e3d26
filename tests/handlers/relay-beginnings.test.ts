// What the relay delivers of what was published before its first start, however Momento answers a subscription that asks
// for no position.
import assert from 'node:assert/strict';
import type { MomentoOptions } from 'local-momento';
import { Rig } from './relay-rig';

interface Case {
  readonly beginning: NonNullable<MomentoOptions['beginning']>;
  readonly first: readonly string[];
  readonly broken: readonly string[];
}

const BEFORE = ['before 1', 'before 2'];

/** What is delivered before `after`: on the first start, and on one whose stream breaks before the first message. */
const CASES: readonly Case[] = [
  { beginning: 'place', first: [], broken: [] },
  { beginning: 'latest', first: ['before 2'], broken: ['before 2'] },
  // It knows no place to go on at: all that Momento holds is delivered, as what is published meanwhile would be lost else.
  { beginning: 'next', first: [], broken: BEFORE },
  { beginning: 'page', first: [], broken: BEFORE },
];

describe('the first start of the relay', () => {
  let rig: Rig;

  afterEach(() => rig.close());

  for (const { beginning, first, broken } of CASES) {
    it(`delivers ${first.length} of what was published before it, where Momento begins with the ${beginning}`, async () => {
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

    it(`delivers ${broken.length} of it where its first stream breaks before the first message, where Momento begins with the ${beginning}`, async () => {
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
