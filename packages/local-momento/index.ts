// A Momento on this machine. Momento's SDKs cannot tell it from the real one; operations that it lacks answer
// UNIMPLEMENTED with their names: logins and vector indexes. Functions are not served.
import { EventEmitter } from 'node:events';
import { auth } from '@gomomento/generated-types/dist/auth';
import { cache_client } from '@gomomento/generated-types/dist/cacheclient';
import { cache_client as cache_ping } from '@gomomento/generated-types/dist/cacheping';
import { cache_client as cache_pubsub } from '@gomomento/generated-types/dist/cachepubsub';
import { control_client } from '@gomomento/generated-types/dist/controlclient';
import { leaderboard } from '@gomomento/generated-types/dist/leaderboard';
import { token } from '@gomomento/generated-types/dist/token';
import { webhook } from '@gomomento/generated-types/dist/webhook';
import { Server } from '@grpc/grpc-js';
import { Admin } from './admin';
import { Caches } from './caches';
import type { Connections } from './connections';
import { Credentials } from './credentials';
import { Delivery } from './delivery';
import { Dispatcher, type Faults } from './dispatch';
import { cacheNotFound } from './errors';
import type { MomentoEmitter, MomentoEvents } from './events';
import type { FaultPlan } from './faults';
import type { KeyTrouble } from './keys';
import { Listener } from './listener';
import { checkRanges, type MomentoOptions } from './options';
import { apiKeys } from './services/api-keys';
import { control } from './services/control';
import { dataActions } from './services/data';
import { leaderboards } from './services/leaderboards';
import { ping } from './services/ping';
import { scs } from './services/scs';
import { signingKeys } from './services/signing-keys';
import { tokens } from './services/tokens';
import { Topics } from './services/topics';
import { Webhooks } from './services/webhooks';
import { Timers } from './timers';
import { TopicRegistry } from './topic-registry';

export { Connections } from './connections';
export type { Delivery, MomentoEvents, TopicMessage } from './events';
export * from './faults';
export { authorizationOf, KEY_TROUBLES, type KeyTrouble, makeLegacyKey, makeV2Key } from './keys';
export type { Beginning, MomentoOptions } from './options';

export interface Momento {
  readonly port: number;
  /** If `MomentoOptions.adminPort` asked for one. */
  readonly adminPort: number | undefined;
  /** `http://127.0.0.1:PORT`, gRPC and gRPC-web without TLS. */
  readonly url: string;
  /** The names of all operations, as fault plans get them. */
  readonly operations: readonly string[];
  /** Listens to an event of `MomentoEvents`, like `EventEmitter.on`. */
  on: MomentoEmitter['on'];
  off: MomentoEmitter['off'];
  /** Replaces the accepted keys; the next call needs one of these. */
  setApiKeys(keys: readonly string[]): void;
  /** A key whose calls are refused, like one that was copied wrongly or has too few permissions. */
  makeWrongKey(trouble: KeyTrouble): string;
  setFaults(plan: FaultPlan | undefined): void;
  /** Kills connections, or keeps everybody out for a while. */
  readonly connections: Connections;
  /** How many items all caches hold, including expired ones that no call has found yet. */
  readonly itemCount: number;
  /** Drops every connection, and restarts the sequence of every topic on a new page. Caches stay. */
  restart(): void;
  /** Ends every subscription as UNAVAILABLE, as a broken network would. */
  dropSubscriptions(): void;
  /** Ends everything at once. */
  close(): Promise<void>;
}

/** Milliseconds since the epoch, with their fraction: some time passes between any two calls. */
const precise = (): number => performance.timeOrigin + performance.now();

/**
 * Rejects with the system's error (code `EADDRINUSE`) if the port is taken, and with a RangeError for an invalid number.
 */
export async function startMomento(options: MomentoOptions = {}): Promise<Momento> {
  checkRanges(options);
  const now = options.now ?? Date.now;
  const events = new EventEmitter<MomentoEvents>();
  const timers = new Timers();
  const credentials = new Credentials(options.apiKeys ?? [], now);
  const caches = new Caches(options.now ?? precise, options.maxTtlSeconds ?? 86_400);
  for (const name of options.caches ?? []) caches.create(name);
  const registry = new TopicRegistry(now, options.historyPerTopic ?? 1_000, events);
  const webhooks = new Webhooks(caches, options.takesAnyDestination ?? false);
  const delivery = new Delivery({
    webhooksOf: (cache, topic) => webhooks.of(cache, topic),
    isThere: (one) => webhooks.has(one),
    events,
    timers,
    now,
    perSecond: options.deliveriesPerSecond ?? 5,
    backlog: options.deliveryBacklog ?? 1_000,
    timeoutMs: options.deliveryTimeoutMs ?? 5_000,
  });
  const topics = new Topics({
    caches,
    registry,
    events,
    now,
    beginning: options.beginning ?? 'latest',
    deliver: (message) => delivery.deliver(message),
  });

  // Not gRPC's limit on a message, but Momento's on items and elements.
  const server = new Server({ 'grpc.enable_channelz': 0, 'grpc.max_receive_message_length': -1 });
  const listener = new Listener(server);
  const restart = (): void => {
    listener.dropAll();
    registry.resetAll();
  };
  const faults: Faults = {
    plan: options.faults,
    dropConnection: (metadata) => listener.drop(metadata),
    restart,
    resetTopic: (request) => {
      if (request instanceof cache_pubsub.pubsub._SubscriptionRequest)
        registry.reset(request.cache_name, request.topic);
    },
  };

  const dispatcher = new Dispatcher(server, credentials, faults, events, timers);
  const data = dataActions(dispatcher, caches);
  dispatcher.serve(cache_client.UnimplementedScsService.definition, scs(data));
  dispatcher.serve(leaderboard.UnimplementedLeaderboardService.definition, leaderboards(data));
  dispatcher.serve(cache_pubsub.pubsub.UnimplementedPubsubService.definition, topics.actions(dispatcher));
  dispatcher.serve(control_client.UnimplementedScsControlService.definition, {
    ...control(dispatcher, caches, (name) => {
      topics.end(cacheNotFound(name), name);
      registry.forget(name);
      webhooks.forget(name);
    }),
    ...signingKeys(dispatcher, now),
  });
  const endpoint = (): string => `http://127.0.0.1:${listener.port}`;
  dispatcher.serve(
    token.UnimplementedTokenService.definition,
    tokens(dispatcher, { credentials, events, endpoint }),
  );
  dispatcher.serve(auth.UnimplementedAuthService.definition, apiKeys(dispatcher, credentials, endpoint));
  dispatcher.serve(webhook.UnimplementedWebhookService.definition, webhooks.actions(dispatcher));
  dispatcher.serve(cache_ping.UnimplementedPingService.definition, ping(dispatcher));
  timers.every(options.heartbeatMs ?? 5_000, () => registry.heartbeat());

  // Last, so that no caller finds a service missing.
  const host = options.host ?? '127.0.0.1';
  const port = await listener.listen(options.port ?? 0, host);
  const admin = await openAdmin(options.adminPort, host, listener);
  return {
    port,
    adminPort: admin?.port,
    url: `http://127.0.0.1:${port}`,
    operations: dispatcher.operations,
    on: events.on.bind(events),
    off: events.off.bind(events),
    setApiKeys: (keys) => credentials.setApiKeys(keys),
    makeWrongKey: (trouble) => credentials.makeWrongKey(trouble),
    setFaults: (plan) => {
      faults.plan = plan;
    },
    connections: listener.connections,
    get itemCount() {
      return caches.itemCount;
    },
    restart,
    dropSubscriptions: () => topics.endForDrop(),
    close: async () => {
      timers.stop();
      delivery.close();
      await Promise.all([listener.close(), admin?.close()]);
    },
  };
}

async function openAdmin(
  port: number | undefined,
  host: string,
  listener: Listener,
): Promise<Admin | undefined> {
  try {
    return port === undefined ? undefined : await Admin.listen(port, host, listener.connections);
  } catch (error) {
    await listener.close();
    throw error;
  }
}
