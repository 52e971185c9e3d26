import assert from 'node:assert/strict';
import { Connection, TRUSTED_FOR_MS } from '../../../handlers/adapters/connection';

/** Connections that report whether they are open, and a clock. */
function connections() {
  const it = { now: 1_700_000_000_000, made: [] as { to: string; isOpen: boolean }[] };
  const connect = (to: string) => {
    const client = { to, isOpen: true, close: () => Object.assign(client, { isOpen: false }) };
    it.made.push(client);
    return client;
  };
  return Object.assign(it, { connection: new Connection(connect, () => it.now) });
}

/** Work that ends when a test says so. */
function work() {
  let end = () => {};
  const done = new Promise<void>((resolve) => (end = resolve));
  return { end, during: () => done };
}

describe('a connection', () => {
  it('is replaced before a call after a minute of silence, however often it was tried', async () => {
    const at = connections();
    const call = () => at.connection.call('there', async () => {});
    call().heard();
    at.now += TRUSTED_FOR_MS;
    await call().result;
    assert.equal(at.made.length, 1);
    at.now += 1;
    await call().result;
    assert.deepEqual(
      at.made.map(({ isOpen }) => isOpen),
      [false, true],
    );
  });

  it('is kept as long as it shows signs of life in time', async () => {
    const at = connections();
    for (let i = 0; i < 10; i++) {
      const { result, heard } = at.connection.call('there', async () => {});
      await result;
      heard();
      at.now += TRUSTED_FOR_MS;
    }
    assert.equal(at.made.length, 1);
  });

  it('that was made while the function initialised, and frozen since, is replaced before the first call', () => {
    const at = connections();
    at.connection.to('there');
    at.now += TRUSTED_FOR_MS + 1;
    at.connection.call('there', async () => {});
    assert.equal(at.made.length, 2);
  });

  it('is not trusted because of an answer that was read after a freeze but may have come before it', async () => {
    const at = connections();
    const { result, heard } = at.connection.call('there', async () => {});
    await result;
    at.now += TRUSTED_FOR_MS + 1;
    heard();
    at.connection.to('there');
    assert.equal(at.made.length, 2);
  });

  it('counts as idle after a second of silence, and never when it is new', () => {
    const at = connections();
    const wasIdle = () => at.connection.call('there', async () => {}).wasIdle;
    assert.equal(wasIdle(), false);
    at.now += 999;
    assert.equal(wasIdle(), false);
    at.now += 1;
    assert.equal(wasIdle(), true);
    at.now += TRUSTED_FOR_MS;
    assert.equal(wasIdle(), false);
  });

  it('that is dropped is out of use at once, and closed when the last of its calls is over', async () => {
    const at = connections();
    const [first, second] = [work(), work()];
    const calls = [first, second].map(({ during }) => at.connection.call('there', during));
    calls[0]?.drop();
    calls[1]?.drop();
    at.connection.to('there');
    const [old] = at.made;
    assert.equal(at.made.length, 2, 'both calls dropped the same one');
    first.end();
    await calls[0]?.result;
    assert.equal(old?.isOpen, true);
    second.end();
    await calls[1]?.result;
    assert.equal(old?.isOpen, false);
    assert.equal(at.made[1]?.isOpen, true);
  });

  it('for another key or address takes the place of the one before', () => {
    const at = connections();
    at.connection.to('there');
    at.connection.to('elsewhere');
    assert.deepEqual(
      at.made.map(({ to, isOpen }) => [to, isOpen]),
      [
        ['there', false],
        ['elsewhere', true],
      ],
    );
  });
});
