import assert from 'node:assert/strict';
import { makeLegacyKey } from 'local-momento';
import { CACHE, providers, state, useMomento, WEBHOOK } from './momento';

describe('the code behind a Momento webhook', () => {
  const stand = useMomento();
  const created = async () => {
    const made = await providers.webhook.create(WEBHOOK);
    return { id: made.id, outs: state(made) };
  };
  beforeEach(() => providers.cache.create(CACHE));

  it('makes it, reads its signing secret back and deletes it', async () => {
    const { id, outs } = await created();
    assert.equal(id, 'comments/project-dev');
    assert(outs.signingSecret.length >= 32);
    assert.deepEqual(outs, { ...WEBHOOK, signingSecret: outs.signingSecret });
    assert.deepEqual(await providers.webhook.read(id, outs), { id, props: outs });
    await providers.webhook.delete(id, outs);
    assert.deepEqual(await providers.webhook.read(id, outs), { id: '' });
  });

  it('tolerates on delete that it is gone, or its cache', async () => {
    const { id, outs } = await created();
    await providers.webhook.delete(id, outs);
    await providers.webhook.delete(id, outs);
    await providers.cache.delete('comments', { ...CACHE, deleteCache: true });
    await providers.webhook.delete(id, outs);
    assert.deepEqual(await providers.webhook.read(id, outs), { id: '' });
  });

  it('moves it to another URL in place, with the same signing secret', async () => {
    const { id, outs } = await created();
    const news = { ...WEBHOOK, url: 'http://127.0.0.1:10/' };
    const diff = await providers.webhook.diff(id, outs, news);
    assert.deepEqual([diff.changes, diff.replaces], [true, []]);
    const updated = await providers.webhook.update(id, outs, news);
    assert.deepEqual(updated, { outs: { ...news, signingSecret: outs.signingSecret } });
    assert.deepEqual(await providers.webhook.read(id, outs), { id, props: updated.outs });
  });

  it('finds what was changed outside: the URL, the topic, the signing secret', async () => {
    const { id, outs } = await created();
    const outside = { ...WEBHOOK, url: 'http://127.0.0.1:11/', topicName: 'another' };
    await providers.webhook.create(outside);
    await providers.webhook.update(id, { ...outs, ...outside }, { ...outside, rotation: 1 });
    const { props } = await providers.webhook.read(id, outs);
    assert(props && typeof props === 'object' && 'signingSecret' in props);
    assert.notEqual(props.signingSecret, outs.signingSecret);
    assert.deepEqual(props, { ...outs, ...outside, signingSecret: props.signingSecret });
    const diff = await providers.webhook.diff(id, props, WEBHOOK);
    assert.deepEqual([diff.changes, diff.replaces], [true, ['topicName']]);
  });

  it('replaces it for another name, cache or topic, deleting first what has the same name', async () => {
    const { id, outs } = await created();
    const diff = async (change: object) => {
      const { replaces, deleteBeforeReplace } = await providers.webhook.diff(id, outs, {
        ...WEBHOOK,
        ...change,
      });
      return [replaces, deleteBeforeReplace];
    };
    assert.deepEqual(await diff({ webhookName: 'other' }), [['webhookName'], false]);
    assert.deepEqual(await diff({ cacheName: 'other' }), [['cacheName'], false]);
    assert.deepEqual(await diff({ topicName: 'other' }), [['topicName'], true]);
    assert.deepEqual(await diff({ topicName: 'other', cacheName: 'other' }), [
      ['cacheName', 'topicName'],
      false,
    ]);
  });

  it('rotates the signing secret when the number changes, and only then', async () => {
    const { id, outs } = await created();
    const first = state(await providers.webhook.update(id, outs, { ...WEBHOOK, rotation: 1 }));
    assert.notEqual(first.signingSecret, outs.signingSecret);
    assert.deepEqual((await providers.webhook.read(id, first)).props, first);
    const diff = await providers.webhook.diff(id, first, { ...WEBHOOK, rotation: 1 });
    assert.equal(diff.changes, false);
  });

  it('takes a rotation whose answer was lost for what it is: done', async () => {
    const { id, outs } = await created();
    stand.fail('RotateWebhookSecret', 'apply-then-time-out');
    stand.momento.on('call', ({ operation }) => {
      if (operation === 'RotateWebhookSecret') stand.momento.restart();
    });
    const after = state(await providers.webhook.update(id, outs, { ...WEBHOOK, rotation: 1 }));
    assert.notEqual(after.signingSecret, outs.signingSecret);
    assert.deepEqual((await providers.webhook.read(id, after)).props, after);
  });

  it('reports a rotation that did not happen as failed', async () => {
    const { id, outs } = await created();
    stand.fail('RotateWebhookSecret', 'refuse');
    const update = providers.webhook.update(id, outs, { ...WEBHOOK, rotation: 1 });
    await assert.rejects(
      update,
      /signing secret of the webhook "project-dev" of the cache "comments" could not be rotated/,
    );
  });

  it('only stores a changed key: the old one may be revoked already, the new one not yet be good', async () => {
    const { id, outs } = await created();
    stand.momento.setApiKeys([]);
    stand.calls = [];
    const news = { ...WEBHOOK, apiKey: makeLegacyKey() };
    assert.deepEqual(await providers.webhook.diff(id, outs, news), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
    const { outs: after } = await providers.webhook.update(id, outs, news);
    assert.deepEqual(after, { ...news, signingSecret: outs.signingSecret });
    assert.deepEqual(stand.calls, []);
  });

  it('takes the state of a version that knew less, and completes it', async () => {
    const { id, outs } = await created();
    const { rotation: _, signingSecret, ...older } = outs;
    const diff = await providers.webhook.diff(id, older, WEBHOOK);
    assert.deepEqual([diff.changes, diff.replaces], [true, []]);
    assert.deepEqual(await providers.webhook.update(id, older, WEBHOOK), { outs });
    assert.deepEqual(await providers.webhook.read(id, older), { id, props: outs });
    await providers.webhook.delete(id, older);
  });
});
