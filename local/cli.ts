// `npm start`: the local stack on the command line.
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { type FaultPlan, firstOf, InvalidFault, parseFault } from 'local-momento';
import { loadApplication } from './application';
import { listen, PortInUse } from './aws/http';
import { envFile, environmentFor } from './commands/environment';
import { parseFlags, parsePort, UsageError } from './commands/flags';
import { Kept } from './commands/kept';
import { announce, chooseRunning } from './commands/running';
import { printable } from './commands/terminal';
import { watchProgram } from './commands/watch';
import { startPage } from './page';
import { startSite } from './site';
import { applicationOf, type Stack, startStack } from './stack';
import { faultOperations } from './stack/fault-operations';
import { onSteps, type Step, sendMessage } from './stack/flow';

const DEFAULT_PORT = 4700;
const PORTS = 10;
const PROJECT = resolve(__dirname, '..');
const WATCHED = ['handlers', 'infra', 'index.ts', 'Pulumi.dev.yaml'];

const USAGE = `Usage: npm start -- [--once] [--port PORT] [--delivery DELIVERY] [--front FRONT] [--application FOLDER]
                    [--fault FAULT]... [--fresh] [--verbose]
       npm start --silent -- --env [--port PORT]

Runs the whole system on this machine, without an account. Sends one message through it, then stays up and shows on a
page in the browser what happens.

  --once         exit after the message: with 0, or with 1 and the reason if a step failed
  --port PORT    the first of up to ${PORTS} ports in a row; 0 for any free ones; default ${DEFAULT_PORT}, with --once 0
  --delivery D   webhook, managed-webhook or relay; default: the one in Pulumi.dev.yaml
  --front F      function-url or http-api; default: the one in Pulumi.dev.yaml
  --application FOLDER
                 what handles the messages, such as examples/moderated-chat; default: the one in Pulumi.dev.yaml
  --fault FAULT  makes calls fail: OPERATION=KIND[:MS][:STATUS][:MESSAGES][:SHARE], as in SortedSetPut=refuse:0.2;
                 OPERATION is one of Momento or AWS, FunctionUrl or HttpApi for requests to the functions' URLs or
                 routes, or * for all; docs/local-stack.md has the kinds, and what each takes
  --fresh        make new keys; without it, keys and ports stay as they were
  --verbose      print what the functions log
  --env          only print the environment of the stack that runs, as a .env file for your own backend and frontend`;

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2), {
    once: { type: 'boolean', default: false },
    port: { type: 'string' },
    delivery: { type: 'string' },
    front: { type: 'string' },
    application: { type: 'string' },
    fault: { type: 'string', multiple: true },
    fresh: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    env: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  });
  if (flags.help) return console.log(USAGE);
  if (flags.env) return printEnvironment(flags.port);
  const fallback = flags.once ? 0 : DEFAULT_PORT;
  const port = flags.port === undefined ? fallback : parsePort(flags.port, PORTS);

  // Ctrl-C ends it at once; handlers of `exit` remove the files. With --once it then did not finish.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(flags.once ? 130 : 0));
  }

  const { delivery, front, application } = flags;
  const config = {
    ...(delivery !== undefined && { delivery }),
    ...(front !== undefined && { front }),
    ...(application !== undefined && { application }),
  };
  const faults = flags.fault && (await planOf(flags.fault, config));
  if (!flags.once) await tryPort(port);
  const kept = flags.once ? Kept.nowhere() : flags.fresh ? Kept.renew() : Kept.open();
  // The page gets the requested port, the stack the ports after it; without a page they begin with the stack's.
  const first = flags.once && port > 0 ? port - 1 : port;
  const stack = await startStack({
    portOf: (name) => kept.portOf(name, first),
    user: kept.user,
    secrets: { momentoApiKey: kept.momentoApiKey },
    faults,
    config,
  });
  const page = flags.once ? undefined : await startPage(stack, { port, faults });
  if (page) console.log(`Watch it live: ${page.url}\n`);
  onSteps(stack, printStep);
  stack.events.on('log', ({ function: name, line }) => {
    if (flags.verbose) console.log(dim(`${name}  ${line}`));
  });
  try {
    const { example, placeName, describe } = stack.application;
    const { userID, text } = await sendMessage(stack, example);
    const detail = `${placeName} ${describe(example).place}: ${userID} wrote ${JSON.stringify(text)}`;
    printStep({ name: 'read back', detail, ok: true });
  } catch (error) {
    if (flags.once) throw error;
    console.error(red(reasonOf(error)));
  }
  if (!page) return stack.close();
  await hostSite(stack, kept.portOf('site', first));

  announce({
    port: page.port,
    momentoUrl: stack.momento.url,
    apiKey: stack.apiKey,
    application: stack.applicationFolder,
    applicationOutputs: { ...stack.access.outputs },
    awsUrl: stack.aws.url,
    cacheName: stack.cacheName,
    publisherUrl: String(stack.outputs.publisherUrl),
    region: stack.region,
    signingName: stack.signingName,
    credentials: stack.credentials,
    environment: environmentOf(stack),
  });
  console.log(whatNext(stack, page.port));
  await watchProgram(PROJECT, [...WATCHED, stack.applicationFolder], (file) => reload(stack, file));
}

/** Cookies tell `localhost` from 127.0.0.1, so that one browser can be two users. */
async function hostSite(stack: Stack, port: number): Promise<void> {
  const { site } = stack.application;
  if (!site) return;
  const hosted = await startSite(stack, site, { port });
  console.log(`Open the ${site.name}: ${hosted.url}\n  as a second user: http://localhost:${hosted.port}/\n`);
}

/** Throws UsageError. */
function printEnvironment(port: string | undefined): void {
  const { environment } = chooseRunning(port === undefined ? undefined : parsePort(port));
  process.stdout.write(envFile(environment));
}

function environmentOf(stack: Stack): Record<string, string> {
  const { aws, momento, outputs, access } = stack;
  const { dashboardUrl: _, ...own } = outputs; // there is none on this machine
  return environmentFor({
    ...stack,
    awsUrl: aws.url,
    momentoUrl: momento.url,
    outputs: { ...own, ...access.outputs },
  });
}

/** Takes the page's port and frees it, so that a port in use fails at once. Throws PortInUse. */
async function tryPort(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  await new Promise((closed) => server.close(closed));
}

/** Throws InvalidFault. */
async function planOf(flags: readonly string[], config: Record<string, string>): Promise<FaultPlan> {
  const operations = await faultOperations(loadApplication(PROJECT, await applicationOf({ config })));
  return firstOf(flags.map((flag) => parseFault(flag, { operations })));
}

async function reload(stack: Stack, file: string): Promise<void> {
  try {
    const changed = await stack.reload();
    console.log(
      `${file} changed: ${changed.length > 0 ? `swapped in ${changed.join(', ')}` : 'nothing to swap'}`,
    );
  } catch (error) {
    console.error(
      `${red(reasonOf(error))}\n${file} changed, but was not swapped in: the old code keeps running`,
    );
  }
}

function printStep({ name, detail, ok }: Step): void {
  const line = `${ok ? '  ' : '! '}${name.padEnd(17)} ${printable(detail)}`;
  console.log(ok ? line : red(line));
}

function whatNext(stack: Stack, port: number): string {
  const { outputs, aws, momento, credentials, signingName, region, application } = stack;
  const { accessKeyId, secretAccessKey } = credentials;
  const { example } = application;
  const body = JSON.stringify(example);
  const names = Object.entries(outputs).filter(([output]) => output.endsWith('FunctionName'));
  return `
  webhook            ${outputs.webhookUrl}
  publisher          ${outputs.publisherUrl}
  token service      ${outputs.tokensUrl}
  redrive queue      ${outputs.redriveQueueUrl}
  dead-letter queue  ${outputs.deadLetterQueueUrl}
  AWS                ${aws.url}
  Momento            ${momento.url}

Functions, by the names that aws lambda invoke takes:
${names.map(([, name]) => `  ${name}`).join('\n')}

Publish:
  curl --aws-sigv4 aws:amz:${region}:${signingName} --user ${accessKeyId}:${secretAccessKey} -H 'content-type: application/json' -d '${body}' ${outputs.publisherUrl}
Read:
  npm run read -- --course ${application.describe(example).place} --port ${port}
Verify, as after a deploy:
  npm run verify -- --local --port ${port}
Look at the queues with the AWS CLI:
  export AWS_ENDPOINT_URL=${aws.url} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} REDRIVE=${outputs.redriveQueueUrl} DEAD_LETTERS=${outputs.deadLetterQueueUrl}
  aws sqs get-queue-attributes --attribute-names All --queue-url "$REDRIVE"

Run your own backend and frontend against it:
  npm start --silent -- --env --port ${port} > .env

A changed handler is swapped in. Ctrl-C ends it.
`;
}

const onTerminal = process.stdout.isTTY && !process.env.NO_COLOR;

function red(text: string): string {
  return onTerminal ? styleText('red', text) : text;
}

function dim(text: string): string {
  return onTerminal ? styleText('dim', text) : text;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().then(
  () => {
    if (process.argv.includes('--once') || process.argv.includes('--help')) process.exit(0);
  },
  (error: unknown) => {
    console.error(red(reasonOf(error)));
    const expected =
      error instanceof UsageError || error instanceof InvalidFault || error instanceof PortInUse;
    process.exit(expected ? 2 : 1);
  },
);
