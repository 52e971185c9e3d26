// The relay's real bundle against a Momento whose answers the local one never gives.
import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { authorizationOf, makeLegacyKey } from 'local-momento';
import { LeapingClock } from '../soak/leaping-clock';
import { Rig } from './relay-rig';
import { ScriptedMomento } from './scripted-momento';

/** The first two numbers that JavaScript cannot tell apart, and the largest one. */
const LAST_PAGE = '18446744073709551615';
const PAGES = ['9007199254740992', '9007199254740993', LAST_PAGE];

/** How old a key may become if Momento refuses it with an ambiguous code, and a moment more. */
const FIVE_MINUTES_MS = 301_000;

describe('the subscription of the relay', () => {
  let rig: Rig;
  let momento: ScriptedMomento;

  beforeEach(async () => {
    rig = await Rig.start();
  });

  afterEach(async () => {
    momento.close();
    await rig.close();
  });

  it('keeps a page of 64 bits exact, in the event and where it continues', async () => {
    momento = await ScriptedMomento.start((_, told) => {
      const page = PAGES[momento.subscriptions.length - 1];
      if (page === undefined) return told.item({ sequence: '42', page: LAST_PAGE, text: 'end' });
      told.discontinuity({ sequence: '40', page });
      told.item({ sequence: '41', page, text: page });
      told.fail(status.UNAVAILABLE);
    });
    rig.begin({ MOMENTO_ENDPOINT_URL: momento.url });
    await rig.until(() => rig.texts.includes('end'));
    assert.deepEqual(
      rig.calls.map(({ event }) => event.topic_sequence_page),
      [...PAGES, LAST_PAGE],
    );
    assert.deepEqual(
      momento.subscriptions.map(({ sequence, page }) => [sequence, page]),
      [['0', '0'], ...PAGES.map((page) => ['42', page])],
    );
  });

  it('begins with a page that a number holds as that number', async () => {
    momento = await ScriptedMomento.start((_, told) => told.item({ sequence: '1', page: '7', text: 'a' }));
    rig.begin({ MOMENTO_ENDPOINT_URL: momento.url });
    await rig.until(() => rig.calls.length === 1);
    assert.equal(rig.calls[0]?.event.topic_sequence_page, 7);
  });

  for (const code of [status.UNAUTHENTICATED, status.PERMISSION_DENIED, status.NOT_FOUND]) {
    it(`takes up within five minutes an API key that was corrected after ${status[code]}, without a restart`, async () => {
      const right = makeLegacyKey();
      const clock = new LeapingClock();
      momento = await ScriptedMomento.start(({ authorization }, told) => {
        if (authorization === authorizationOf(right)) {
          told.item({ sequence: '1', page: '7', text: 'heard' });
        } else {
          rig.secrets.putSecretValue('api-key', right);
          clock.set(FIVE_MINUTES_MS);
          told.fail(code);
        }
      });
      rig.begin({ MOMENTO_ENDPOINT_URL: momento.url, ...clock.environment });
      try {
        await rig.until(() => rig.texts.includes('heard'));
      } finally {
        await rig.close();
        clock.close();
      }
    });
  }

  it('fetches no other key while its own is not what is refused', async () => {
    let asked = 0;
    rig.aws.setFaults((operation, input) => {
      if (operation === 'GetSecretValue' && JSON.stringify(input).includes('api-key')) asked += 1;
      return undefined;
    });
    momento = await ScriptedMomento.start((_, told) => {
      if (momento.subscriptions.length < 5) told.fail(status.UNAVAILABLE);
      else told.item({ sequence: '1', page: '7', text: 'heard' });
    });
    rig.begin({ MOMENTO_ENDPOINT_URL: momento.url });
    await rig.until(() => rig.texts.includes('heard'));
    assert.equal(asked, 2, 'once for the subscription, once for the checkpoint');
  });
});
