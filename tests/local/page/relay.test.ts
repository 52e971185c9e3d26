// What the page says of the relay, from what Momento tells of its subscriptions.
import assert from 'node:assert/strict';
import { RelayWatch } from '../../../local/page/relay';
import { got, type Stand, stand } from '../../packages/local-momento/sdk';

describe('the page’s view of the relay', () => {
  let s: Stand;
  let watch: RelayWatch;
  let old: { stop(): Promise<void> };

  beforeEach(async () => {
    s = await stand();
    old = await follow();
    const relay = { kill: async () => {}, freeze: () => {}, thaw: () => {} };
    watch = new RelayWatch(
      { momento: s.momento, cacheName: 'cache', topicName: 'topic', relay },
      { all: [] },
    );
  });
  afterEach(async () => {
    watch.close();
    await s.close();
  });

  /** A relay that follows the topic until it is stopped. */
  async function follow(): Promise<{ stop(): Promise<void> }> {
    const told = (event: 'subscribed' | 'unsubscribed') =>
      new Promise<void>((resolve) => {
        s.momento.on(event, () => resolve());
      });
    const subscribed = told('subscribed');
    const answer = await s.topics.subscribe('cache', 'topic', { onItem: () => {}, onError: () => {} });
    const subscription = got(answer, 'Subscription');
    await subscribed;
    return {
      async stop() {
        const unsubscribed = told('unsubscribed');
        subscription.unsubscribe();
        await unsubscribed;
      },
    };
  }

  it('is that it follows, while one that was replaced stops, and that it does not once the last has stopped', async () => {
    const replacement = await follow();
    await old.stop();
    assert.equal(watch.state?.state, 'following');
    await replacement.stop();
    assert.equal(watch.state?.state, 'not subscribed');
  });

  it('is that it is frozen until another one follows in its place', async () => {
    await watch.make('freeze');
    assert.equal(watch.state?.state, 'frozen');
    await (await follow()).stop();
    assert.equal(watch.state?.state, 'following');
  });
});
