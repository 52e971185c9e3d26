// TLS in front of the measured region, as AWS and Momento have it. Each server gets a front on another loopback address, at its
// own port, that passes on what it deciphers. Needs `openssl`, which makes the certificate.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';

/** Where the fronts listen. Linux has it without further settings, macOS does not. */
const ADDRESS = '127.0.0.2';
const MOMENTO = 'momento.test';
const NAMES = ['localhost', ...['cache', 'control', 'token'].map((service) => `${service}.${MOMENTO}`)];

/** Sends every name to the fronts. Loaded before a function, ours and the reference alike. */
const RESOLVE = `
const dns = require('node:dns');
const found = [{ address: '${ADDRESS}', family: 4 }];
dns.promises.lookup = async (_, options) => (options?.all ? found : found[0]);
dns.lookup = (_, options, then) =>
  typeof options === 'object' && options.all ? then(null, found) : (then ?? options)(null, '${ADDRESS}', 4);
`;

/** Whether this machine has what the measurement over TLS needs. */
export function hasTls(): boolean {
  return process.platform === 'linux' && spawnSync('openssl', ['version']).status === 0;
}

/** Puts fronts before the servers on these ports of 127.0.0.1. Returns the environment that makes a function trust them. */
export async function frontWithTls(ports: readonly number[]): Promise<Record<string, string>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-tls-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const [key, cert, resolve] = ['key.pem', 'cert.pem', 'resolve.cjs'].map((file) => path.join(folder, file));
  if (!key || !cert || !resolve) throw new Error('three files have three names');
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const named = ['-subj', '/CN=bench', '-addext', `subjectAltName=${NAMES.map((name) => `DNS:${name}`)}`];
  execFileSync('openssl', ['req', ...made, ...named, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  writeFileSync(resolve, RESOLVE);
  for (const port of ports) {
    const options = {
      key: readFileSync(key),
      cert: readFileSync(cert),
      ALPNProtocols: ['h2', 'http/1.1'],
      noDelay: true,
    };
    const front = createServer(options, (socket) => passOn(socket, port));
    await once(front.listen(port, ADDRESS), 'listening');
  }
  return { NODE_EXTRA_CA_CERTS: cert, NODE_OPTIONS: `--require ${resolve}` };
}

function passOn(socket: TLSSocket, port: number): void {
  const server = connect({ port, host: '127.0.0.1', noDelay: true });
  for (const [end, other] of [
    [socket, server],
    [server, socket],
  ] as const) {
    end.pipe(other);
    end.once('error', () => other.destroy());
  }
}

/** A legacy key that carries the address of the Momento behind a front: the SDK puts the service's name before it. */
export function keyFor(legacyKey: string, port: number): string {
  const key: object = JSON.parse(Buffer.from(legacyKey, 'base64').toString());
  return Buffer.from(JSON.stringify({ ...key, endpoint: `${MOMENTO}:${port}` })).toString('base64');
}
