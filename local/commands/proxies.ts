// Keeps a process that speaks to this machine alone away from the proxies that its environment names. gRPC would send even
// calls to 127.0.0.1 there.

const PROXY = /^(grpc|https?|all)_proxy$/i;

/** Forgets the proxies, for this process and those that it starts. */
export function ignoreProxies(environment: NodeJS.ProcessEnv = process.env): void {
  for (const name of Object.keys(environment)) if (PROXY.test(name)) delete environment[name];
  // With NODE_USE_ENV_PROXY, Node.js read the proxies when it started. It asks for the exceptions at each call.
  environment.no_proxy = '*';
}
