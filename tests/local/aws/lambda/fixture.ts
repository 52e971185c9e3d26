// Small functions from a test's source text, hosted like declared ones.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../../../local/aws/clock';
import type { DeclaredFunction } from '../../../../local/aws/declared';
import { environmentOf } from '../../../../local/aws/lambda/environment';
import { HostedFunction } from '../../../../local/aws/lambda/hosted-function';

export function declaredFunction(source: string, settings: Partial<DeclaredFunction> = {}): DeclaredFunction {
  return {
    name: 'greeter',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:greeter',
    roleArn: 'arn:aws:iam::123456789012:role/greeter',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    files: { 'index.js': source },
    memoryMb: 128,
    timeoutSeconds: 5,
    environment: {},
    reservedConcurrency: undefined,
    logGroup: 'greeter-logs',
    logFormat: 'JSON',
    logLevel: 'INFO',
    ...settings,
  };
}

const key = { accessKeyId: 'ASIAGREETER', secretAccessKey: 'secret', sessionToken: 'token' };

export interface Fixture {
  /** The errors that ended instances. */
  crashes: string[];
  clock: Clock;
  logs: string[];
  /** How long INIT took, as told with each of the logs. */
  inits: (number | undefined)[];
  host(source: string, settings?: Partial<DeclaredFunction>): HostedFunction;
  code(source: string, settings?: Partial<DeclaredFunction>): ConstructorParameters<typeof HostedFunction>[0];
  close(): Promise<void>;
}

export function functionsFixture(): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-test-'));
  const logs: string[] = [];
  const inits: Fixture['inits'] = [];
  const crashes: string[] = [];
  const clock = new Clock();
  const hosted: HostedFunction[] = [];
  const code: Fixture['code'] = (source, settings) => {
    const declared = declaredFunction(source, settings);
    return {
      declared,
      environment: environmentOf(declared, key, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
    };
  };
  return {
    clock,
    crashes,
    logs,
    inits,
    code,
    host(source, settings) {
      const one = new HostedFunction(code(source, settings), {
        folder,
        clock,
        onLog: (line, initMs) => {
          logs.push(line);
          inits.push(initMs);
        },
        onCrash: ({ errorMessage }) => crashes.push(errorMessage),
      });
      hosted.push(one);
      return one;
    },
    async close() {
      await Promise.all(hosted.map((one) => one.close()));
      rmSync(folder, { recursive: true });
    },
  };
}
