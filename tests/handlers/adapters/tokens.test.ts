import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import { AllTopics, DisposableTokenScopes, ExpiresIn } from '@gomomento/sdk';
import { makeLegacyKey } from 'local-momento';
import { connect } from '../../../handlers/adapters/tokens';

describe('a client for tokens', () => {
  it('leaves no connection behind, as the SDK’s own would for half an hour', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const refused = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '7' };
    server.on('stream', (stream) => stream.respond(refused, { endStream: true }));
    await once(server, 'listening');
    const address = server.address();
    assert(address && typeof address === 'object');
    try {
      const client = connect(makeLegacyKey(), { local: `127.0.0.1:${address.port}` });
      const scope = DisposableTokenScopes.topicPublishOnly('comments', AllTopics);
      const answered = client.generateDisposableToken(scope, ExpiresIn.minutes(1));
      const [session] = await once(server, 'session');
      await answered;
      client.close();
      await once(session, 'close');
    } finally {
      server.close();
    }
  });
});
