import assert from 'node:assert/strict';
import { leaderboard as grpc } from '@gomomento/generated-types/dist/leaderboard';
import {
  CacheNotFoundError,
  DisposableTokenScopes,
  ExpiresIn,
  type ILeaderboard,
  LeaderboardConfigurations,
  LeaderboardOrder,
  NoopMomentoLoggerFactory,
  PermissionError,
  PreviewLeaderboardClient,
} from '@gomomento/sdk';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { credentials, got, refused, type Stand, stand } from './sdk';

const { Ascending, Descending } = LeaderboardOrder;
type Ranked = [id: number, score: number, rank: number];

describe('the local Momento: leaderboards', () => {
  let s: Stand;
  const clients: PreviewLeaderboardClient[] = [];
  const as = (key?: string): PreviewLeaderboardClient => {
    const client = new PreviewLeaderboardClient({
      credentialProvider: credentials(s.momento, key),
      configuration: LeaderboardConfigurations.Laptop.latest(new NoopMomentoLoggerFactory()),
    });
    clients.push(client);
    return client;
  };
  let board: ILeaderboard;
  before(async () => {
    s = await stand();
    board = as().leaderboard('cache', 'board');
  });
  beforeEach(async () => {
    await s.cache.flushCache('cache');
    got(await board.upsert({ 1: 100, 2: 200, 3: 300, 4: 200 }), 'Success');
  });
  after(async () => {
    for (const client of clients) client.close();
    await s.close();
  });

  const ranked = (response: Awaited<ReturnType<ILeaderboard['fetchByScore']>>): Ranked[] =>
    got(response, 'Success')
      .values()
      .map(({ id, score, rank }) => [id, score, rank]);

  it('rank their elements by score, equal ones by id, in both orders', async () => {
    const ascending: Ranked[] = [
      [1, 100, 0],
      [2, 200, 1],
      [4, 200, 2],
      [3, 300, 3],
    ];
    assert.deepEqual(ranked(await board.fetchByRank(0, 10)), ascending);
    assert.deepEqual(ranked(await board.fetchByScore()), ascending);
    assert.deepEqual(ranked(await board.fetchByRank(0, 2, { order: Descending })), [
      [3, 300, 0],
      [4, 200, 1],
    ]);
    assert.equal(got(await board.length(), 'Success').length(), 4);
  });

  it('replace the score of an id that they have', async () => {
    got(await board.upsert({ 1: 1_000.5, 5: 16_777_217 }), 'Success');
    assert.deepEqual(ranked(await board.fetchByRank(3, 9)), [
      [1, 1_000.5, 3],
      [5, 16_777_217, 4],
    ]);
  });

  it('fetch scores from an inclusive minimum to an exclusive maximum, with their ranks in the whole', async () => {
    assert.deepEqual(ranked(await board.fetchByScore({ minScore: 200, maxScore: 300 })), [
      [2, 200, 1],
      [4, 200, 2],
    ]);
    assert.deepEqual(
      ranked(await board.fetchByScore({ maxScore: 300, order: Descending, offset: 1, count: 1 })),
      [[2, 200, 2]],
    );
  });

  it('tell the ranks of ids, as far as they have them', async () => {
    assert.deepEqual(ranked(await board.getRank([3, 9, 1], { order: Ascending })), [
      [3, 300, 3],
      [1, 100, 0],
    ]);
    assert.deepEqual(ranked(await board.getRank([4], { order: Descending })), [[4, 200, 1]]);
  });

  it('give equal scores the same competition rank, from the highest score on', async () => {
    const client = new grpc.LeaderboardClient(
      `127.0.0.1:${s.momento.port}`,
      ChannelCredentials.createInsecure(),
    );
    const metadata = new Metadata();
    metadata.set('cache', 'cache');
    const ranks = (order?: grpc._Order): Promise<number[]> => {
      const request = new grpc._GetCompetitionRankRequest({
        leaderboard: 'board',
        ids: [1, 2, 3, 4, 5],
        order,
      });
      return new Promise((resolve, reject) =>
        client.GetCompetitionRank(request, metadata, {}, (error, response) =>
          error === null ? resolve((response?.elements ?? []).map(({ rank }) => rank)) : reject(error),
        ),
      );
    };
    assert.deepEqual(await ranks(), [3, 1, 0, 1]);
    assert.deepEqual(await ranks(grpc._Order.ASCENDING), [0, 1, 3, 1]);
    client.close();
  });

  it('remove elements, and may be deleted', async () => {
    got(await board.removeElements([2, 3, 9]), 'Success');
    assert.deepEqual(ranked(await board.fetchByRank(0, 10)), [
      [1, 100, 0],
      [4, 200, 1],
    ]);
    got(await board.delete(), 'Success');
    got(await board.delete(), 'Success');
    assert.equal(got(await board.length(), 'Success').length(), 0);
    assert.deepEqual(ranked(await board.fetchByScore()), []);
    got(await board.removeElements([1]), 'Success');
  });

  it('are apart from the items of their cache, and gone with a flush', async () => {
    got(await s.cache.set('cache', 'board', 'a scalar'), 'Success');
    assert.equal(got(await board.length(), 'Success').length(), 4);
    await s.cache.flushCache('cache');
    assert.equal(got(await board.length(), 'Success').length(), 0);
  });

  it('need an existing cache, and a token that allows them', async () => {
    refused(await as().leaderboard('nowhere', 'board').length(), CacheNotFoundError);
    const scope = DisposableTokenScopes.cacheReadOnly('cache');
    const token = got(await s.auth.generateDisposableToken(scope, ExpiresIn.minutes(1)), 'Success').authToken;
    const reader = as(token).leaderboard('cache', 'board');
    assert.equal(got(await reader.length(), 'Success').length(), 4);
    refused(await reader.upsert({ 1: 1 }), PermissionError);
    refused(await reader.delete(), PermissionError);
  });
});
