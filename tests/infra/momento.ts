// A Momento for tests of the code behind the Momento resources, and examples of such resources.
import assert from 'node:assert/strict';
import {
  type FaultKind,
  type Momento,
  type MomentoOptions,
  makeLegacyKey,
  startMomento,
} from 'local-momento';
import * as providers from '../../infra/momento/provider';

export { providers };

export const KEY = makeLegacyKey();
export const CACHE = { apiKey: KEY, cacheName: 'comments', deleteCache: false };
export const WEBHOOK = {
  apiKey: KEY,
  cacheName: 'comments',
  topicName: 'comment',
  webhookName: 'project-dev',
  url: 'http://127.0.0.1:9/',
  rotation: 0,
};

export interface Stand {
  readonly momento: Momento;
  /** The operations since the start, or since the list was emptied. */
  calls: string[];
  /** Makes one operation fail; undefined: none. */
  fail(operation: string, kind: FaultKind): void;
}

/** Starts a Momento for each test of the block, at the address where the providers look for one. */
export function useMomento(options: MomentoOptions = {}): Stand {
  let momento: Momento | undefined;
  let before: string | undefined;
  const stand: Stand = {
    get momento() {
      assert(momento, 'it runs during a test');
      return momento;
    },
    calls: [],
    fail: (operation, kind) => momento?.setFaults((called) => (called === operation ? { kind } : undefined)),
  };
  beforeEach(async () => {
    before = process.env.MOMENTO_ENDPOINT_URL;
    momento = await startMomento({ apiKeys: [KEY], ...options });
    stand.calls = [];
    momento.on('call', ({ operation }) => stand.calls.push(operation));
    process.env.MOMENTO_ENDPOINT_URL = momento.url;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.MOMENTO_ENDPOINT_URL;
    else process.env.MOMENTO_ENDPOINT_URL = before;
    await momento?.close();
  });
  return stand;
}

/** What a provider gives to the state. */
export function state({ outs }: { outs?: unknown }): {
  readonly signingSecret: string;
  readonly rotation: number;
} {
  assert(outs && typeof outs === 'object' && 'signingSecret' in outs && 'rotation' in outs);
  return { ...outs, signingSecret: String(outs.signingSecret), rotation: Number(outs.rotation) };
}
