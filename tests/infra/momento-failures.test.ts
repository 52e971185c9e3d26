import assert from 'node:assert/strict';
import {
  AuthClient,
  AuthClientConfigurations,
  BadRequestError,
  DisposableTokenScopes,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  NoopMomentoLoggerFactory,
} from '@gomomento/sdk';
import { makeLegacyKey } from 'local-momento';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import { Failure } from '../../infra/momento/provider/failure';
import { CACHE, KEY, providers, useMomento, WEBHOOK } from './momento';

describe('the code behind the Momento resources checks', () => {
  useMomento();

  it('the properties, and says what is wrong without showing a value', async () => {
    assert.deepEqual(await providers.webhook.check({}, WEBHOOK), { inputs: WEBHOOK });
    assert.deepEqual(await providers.cache.check({}, { ...CACHE, __provider: 'code' }), { inputs: CACHE });
    const { failures } = await providers.webhook.check(
      {},
      { ...WEBHOOK, webhookName: 'n'.repeat(129), apiKey: 7 },
    );
    assert.deepEqual(failures, [
      { property: 'apiKey', reason: 'is missing, or of the wrong type' },
      {
        property: 'webhookName',
        reason: 'is longer than 128 characters: choose a shorter name for the stack',
      },
    ]);
  });

  it('nothing that a preview cannot know yet', async () => {
    const unknown = { ...WEBHOOK, url: '04da6b54-80e4-46f7-96ec-b56ff0331ba9' };
    assert.deepEqual(await providers.webhook.check({}, unknown), { inputs: unknown });
  });

  it('where a Momento on this machine is: nowhere else', async () => {
    process.env.MOMENTO_ENDPOINT_URL = 'http://localhost:1';
    await assert.rejects(providers.cache.create(CACHE), /literal loopback address/);
  });
});

describe('the code behind the Momento resources fails with the name, the cache, what Momento said and what to do', () => {
  const stand = useMomento();
  const address = () => localMomento(stand.momento.url);
  const message = async (attempt: Promise<unknown>) => {
    const error: unknown = await attempt.then(
      () => assert.fail('it succeeded'),
      (reason: unknown) => reason,
    );
    assert(error instanceof Error);
    assert(!error.message.includes(KEY));
    assert.equal(error.stack, '', 'Pulumi would print it too');
    return error.message;
  };

  it('where the key is not good', async () => {
    const apiKey = makeLegacyKey();
    assert.match(
      await message(providers.cache.create({ ...CACHE, apiKey })),
      /^The cache "comments" could not be made\. Momento said: .* \(AUTHENTICATION_ERROR\)\. What to do: .*pulumi config set --secret momentoDeployKey/,
    );
  });

  it('where the cache is not there', async () => {
    assert.match(
      await message(providers.webhook.create(WEBHOOK)),
      /^The webhook "project-dev" of the cache "comments" could not be made\. .*\(NOT_FOUND_ERROR\)\. What to do: .*pulumi refresh/,
    );
  });

  it('where a limit is reached', async () => {
    await providers.cache.create(CACHE);
    for (const n of [1, 2, 3, 4, 5]) await providers.webhook.create({ ...WEBHOOK, webhookName: `${n}` });
    assert.match(
      await message(providers.webhook.create(WEBHOOK)),
      /\(LIMIT_EXCEEDED_ERROR\)\. What to do: delete a webhook .*pulumi config set delivery relay/,
    );
  });

  it('where Momento is out of reach', async () => {
    stand.fail('CreateCache', 'refuse');
    assert.match(
      await message(providers.cache.create(CACHE)),
      /could not be made\. Momento said: .* What to do: see that Momento can be reached/,
    );
  });

  it('where the key lacks the permission', async () => {
    const auth = new AuthClient({
      credentialProvider: apiKeyCredentials(KEY, { local: address() }),
      configuration: AuthClientConfigurations.Default.latest(new NoopMomentoLoggerFactory()),
    });
    const scope = DisposableTokenScopes.topicPublishOnly('comments', 'comment');
    const vended = await auth.generateDisposableToken(scope, ExpiresIn.minutes(1));
    assert.equal(vended.type, GenerateDisposableTokenResponse.Success);
    const apiKey = vended.authToken;
    assert.match(
      await message(providers.cache.create({ ...CACHE, apiKey })),
      /\(PERMISSION_ERROR\)\. What to do: the key needs the right to manage caches \(.*Operator\); .* momentoDeployKey\.$/,
    );
    assert.match(
      await message(providers.webhook.create({ ...WEBHOOK, apiKey })),
      /\(PERMISSION_ERROR\)\. What to do: the key needs the right to manage webhooks \(.*Operator\); .*config set delivery relay\.$/,
    );
  });

  it('where the account has no webhooks', () => {
    const { message } = new Failure('It failed', 'webhook', new BadRequestError('no such method'));
    assert.match(message, /What to do: webhooks may not be enabled .*pulumi config set delivery relay\.$/);
  });
});
