import { type Client, connectivityState } from '@grpc/grpc-js';

/**
 * Resolves when a gRPC client is connected. Rejects once a try to connect fails, or after `withinMs` milliseconds. gRPC's own
 * `waitForReady` tries on, ever more rarely, and whoever calls meanwhile is told of the old failure.
 */
export function connected(client: Client, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  const channel = client.getChannel();
  return new Promise((resolve, reject) => {
    const look = (late?: Error) => {
      if (late) return reject(late);
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return resolve();
      const { TRANSIENT_FAILURE, SHUTDOWN } = connectivityState;
      if (state === TRANSIENT_FAILURE || state === SHUTDOWN) return reject(new Error('cannot connect'));
      channel.watchConnectivityState(state, deadline, look);
    };
    look();
  });
}
