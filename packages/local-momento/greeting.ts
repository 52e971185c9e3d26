// What the command line prints when it is ready: the address, and how each language's SDK connects to it.
import type { Momento, MomentoOptions } from '.';

export function greeting(
  { port, adminPort }: Momento,
  { caches = [], apiKeys = [], host }: MomentoOptions,
): string {
  const address = `127.0.0.1:${port}`;
  const facts = [
    `local-momento is ready on ${host}:${port}, without TLS. It keeps everything in memory.`,
    ...(caches.length > 0 ? [`Caches: ${caches.join(', ')}`] : []),
    ...apiKeys.map((key) => `API key: ${key}`),
    ...(adminPort === undefined ? [] : [`Admin port: ${adminPort}`]),
  ];
  return `${facts.join('\n')}

${apiKeys.length > 0 ? 'Without a key, an SDK connects like this, and its calls are refused:' : 'An SDK connects like this, without an API key:'}

  Node.js  CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port: ${port} })
  Python   CredentialProvider.for_momento_local("127.0.0.1", ${port})
  Go       auth.NewMomentoLocalProvider(&auth.MomentoLocalConfig{Hostname: "127.0.0.1", Port: ${port}})

With a vended token, or a legacy API key, it needs the address as well:

  Node.js  const at = '${address}';
           CredentialProvider.fromDisposableToken({ apiKey: token, endpointOverrides: {
             cacheEndpoint: at, controlEndpoint: at, tokenEndpoint: at, secureConnection: false } })
  Web      the same, with const at = 'http://${address}'
  Python   dataclasses.replace(CredentialProvider.for_momento_local("127.0.0.1", ${port}),
             auth_token=CredentialProvider.from_disposable_token(token).auth_token)
  Go       at := auth.Endpoint{Endpoint: "${address}", InsecureConnection: true}
           provider, err := auth.FromString(token)
           provider, err = provider.WithEndpoints(auth.AllEndpoints{
             CacheEndpoint: at, ControlEndpoint: at, TokenEndpoint: at, StorageEndpoint: at})

Ctrl-C ends it.`;
}
