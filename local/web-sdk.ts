// Momento's web SDK for pages of this machine: one ES module, bundled when it is first asked for.
import { build } from 'esbuild';

/** What the module exports. The SDK is CommonJS, so its names must be listed. */
const EXPORTS = [
  'CacheClient',
  'CacheGetResponse',
  'CacheListFetchResponse',
  'CacheSortedSetFetchResponse',
  'Configurations',
  'CredentialProvider',
  'MomentoErrorCode',
  'NoopMomentoLoggerFactory',
  'SortedSetOrder',
  'TopicClient',
  'TopicConfigurations',
  'TopicPublishResponse',
  'TopicSubscribeResponse',
];

let bundled: Promise<string> | undefined;

/** The module's text. It needs no `eval`, so that it runs under a strict Content-Security-Policy. */
export function webSdk(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${EXPORTS.join(', ')} } from '@gomomento/sdk-web';`, resolveDir: __dirname },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'eof',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}
