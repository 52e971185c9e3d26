// The web SDK in a page, used as an application uses it. Each function is sent there as its text, so it must not use
// anything outside itself; what they share hangs on the window.

/** Takes the token service's answer and nothing else. */
exports.connect = async ({ authToken, endpoint, cacheName }) => {
  const sdk = await import('/web-sdk.js');
  const isLocal = endpoint.startsWith('http:');
  const all = { cacheEndpoint: endpoint, controlEndpoint: endpoint, tokenEndpoint: endpoint };
  const credentialProvider = sdk.CredentialProvider.fromDisposableToken({
    apiKey: authToken,
    ...(isLocal && { endpointOverrides: all }),
  });
  const quiet = new sdk.NoopMomentoLoggerFactory();
  window.momento = {
    cacheName,
    topics: new sdk.TopicClient({
      credentialProvider,
      configuration: sdk.TopicConfigurations.Browser.latest(quiet),
    }),
    cache: new sdk.CacheClient({
      credentialProvider,
      configuration: sdk.Configurations.Browser.latest(quiet),
      defaultTtlSeconds: 60,
    }),
    items: [],
    heartbeats: 0,
    discontinuities: 0,
    errors: [],
  };
};

/** `Success`, or the SDK's code of the error. */
exports.publish = async ({ topic, text }) => {
  const { topics, cacheName } = window.momento;
  const answer = await topics.publish(cacheName, topic, text);
  return answer.type === 'Success' ? answer.type : answer.errorCode();
};

/** `Subscription`, or the SDK's code of the error. */
exports.subscribe = async (topic) => {
  const { momento } = window;
  const answer = await momento.topics.subscribe(momento.cacheName, topic, {
    onItem: (item) => momento.items.push({ text: item.valueString(), tokenId: item.tokenId() }),
    onHeartbeat: () => momento.heartbeats++,
    onDiscontinuity: () => momento.discontinuities++,
    onError: (error) => momento.errors.push(error.errorCode()),
  });
  if (answer.type !== 'Subscription') return answer.errorCode();
  momento.unsubscribe = () => answer.unsubscribe();
  return answer.type;
};

exports.unsubscribe = () => window.momento.unsubscribe();

exports.heard = () => {
  const { items, heartbeats, discontinuities, errors } = window.momento;
  return { items, heartbeats, discontinuities, errors };
};

exports.hasHeard = (count) => window.momento.items.length >= count;

exports.hasFeltBeats = (count) => window.momento.heartbeats >= count;

exports.readAll = async () => {
  const { cache, cacheName } = window.momento;
  const scalar = await cache.get(cacheName, 'scalar');
  const list = await cache.listFetch(cacheName, 'list');
  const set = await cache.sortedSetFetchByRank(cacheName, 'set', { order: 'DESC' });
  return {
    scalar: scalar.type === 'Hit' ? scalar.value() : scalar.type,
    list: list.type === 'Hit' ? list.valueList() : list.type,
    set: set.type === 'Hit' ? set.value() : set.type,
  };
};
