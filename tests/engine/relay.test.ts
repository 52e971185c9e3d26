// A stack whose events a relay delivers, from the first refusal to its end, observed in AWS after each step.
import assert from 'node:assert/strict';
import { appendFileSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { evaluateProgram } from '../../local/program';
import { allowedTo, everything, trustedBy } from './cloud';
import { deleteImage, deleteService, isPushed, registryPassword, runningRelay } from './containers';
import { pushesToNobody, setDocker } from './docker';
import { InternetGateway } from './ec2';
import { MomentoAccount } from './momento-account';
import { allFiles, errors, ProjectCopy, type Ran, type Stack, type Update } from './stack';

const API_KEY = makeLegacyKey();
const SIGNING_SECRET = 'signing-secret-of-the-engine-suite';
const SETTINGS = { delivery: 'relay', cacheName: 'comments' };

const TASK_DEFINITION = 'aws:ecs/taskDefinition:TaskDefinition';
const SERVICE = 'aws:ecs/service:Service';
const IMAGE = 'docker-build:index:Image';
/** The resources of Crosswalk's component, which is one resource under mocks. */
const OF_CROSSWALK = ['awsx:ecs:FargateTaskDefinition', TASK_DEFINITION, SERVICE];

type Relay = NonNullable<Awaited<ReturnType<typeof runningRelay>>>;

describe('a stack with the relay', () => {
  let project: ProjectCopy;
  let momento: MomentoAccount;
  let gateway: InternetGateway;
  let stack: Stack;
  let password: string;
  let printed = '';

  let refused: { withoutDocker: Ran[]; mixed: Ran[]; left: string[]; untouched: string[] };
  let byWebhook: string[];
  let first: { update: Update; relay: Relay; claimed: string[] };
  let roles: { trusted: unknown[]; allowed: unknown[][] };
  let again: Update;
  let otherUmask: { update: Update; relay: Relay };
  let refreshed: Update;
  let edited: { update: Update; relay: Relay };
  let repaired: { before: Relay; deleted: boolean; update: Update; relay: Relay; again: Update };
  let state: string;
  let history: string;
  let managed: { relay: Relay | undefined; left: string[] };
  let byWebhookAgain: string[];
  let left: string[];

  before(async function () {
    if (!pushesToNobody()) this.skip();
    this.timeout(900_000);
    project = new ProjectCopy();
    momento = await MomentoAccount.start();
    momento.accept(API_KEY);
    gateway = await InternetGateway.attach();
    const untouched = await everything();
    stack = await project.stack('relayed');
    await stack.setSecret('momentoApiKey', API_KEY);
    await stack.setSecret('signingSecret', SIGNING_SECRET);
    for (const [key, value] of Object.entries(SETTINGS)) await stack.set(key, value);

    await gateway.serveOneSubnet();
    setDocker(project, 'is down');
    const withoutDocker = [await stack.preview(), await stack.tryUp()];
    setDocker(project, 'answers');
    const mixed = [await stack.preview(), await stack.tryUp()];
    refused = { withoutDocker, mixed, left: await everything(), untouched };
    await gateway.serveTheRest();

    await stack.set('delivery', 'webhook');
    await up();
    byWebhook = await everything();
    await stack.set('delivery', 'relay');
    first = { update: await up(), relay: await relay(), claimed: await claimed() };
    const { taskRoleArn = '', executionRoleArn = '' } = first.relay.taskDefinition;
    const both = [taskRoleArn, executionRoleArn];
    roles = {
      trusted: (await Promise.all(both.map(trustedBy))).flat(),
      allowed: await Promise.all(both.map(allowedTo)),
    };
    again = await up();

    rmSync(path.join(project.folder, '.bundles'), { recursive: true });
    const umask = process.umask(0o077);
    try {
      otherUmask = { update: await up(), relay: await relay() };
    } finally {
      process.umask(umask);
    }

    await stack.refresh();
    refreshed = await up();

    appendFileSync(
      path.join(project.folder, 'handlers/relay.ts'),
      "\nconsole.info({ outcome: 'loaded' });\n",
    );
    edited = { update: await up(), relay: await relay() };

    const { cluster, service, image } = edited.relay;
    await deleteImage(image);
    await deleteService(cluster, service.serviceName ?? '');
    const deleted = !(await isPushed(image)) && (await runningRelay()) === undefined;
    await stack.refresh();
    const update = await up();
    repaired = { before: edited.relay, deleted, update, relay: await relay(), again: await up() };

    password = await registryPassword();
    state = await stack.exported();
    history = allFiles(project.backend);

    await stack.set('delivery', 'managed-webhook');
    await stack.unset('signingSecret');
    await up();
    managed = { relay: await runningRelay(), left: await everything() };
    await stack.set('delivery', 'webhook');
    await stack.setSecret('signingSecret', SIGNING_SECRET);
    await up();
    byWebhookAgain = await everything();
    await stack.set('delivery', 'relay');
    await up();
    await stack.destroy();
    left = await everything();
  });

  after(async () => {
    await gateway?.remove();
    await momento?.close();
    project?.remove();
  });

  async function up(): Promise<Update> {
    const update = await stack.up();
    printed += update.printed;
    return update;
  }

  async function relay(): Promise<Relay> {
    const running = await runningRelay();
    assert(running, 'the relay runs');
    return running;
  }

  /** The resources that the program adds for the relay under mocks. */
  async function claimed(): Promise<string[]> {
    const secrets = { momentoApiKey: API_KEY, signingSecret: SIGNING_SECRET };
    const [before, after] = await Promise.all(
      ['webhook', 'relay'].map(async (delivery) => {
        const config = { ...SETTINGS, delivery };
        const { resources } = await evaluateProgram({ stack: 'relayed', config, secrets });
        return resources.map(({ type, name }) => `${type} ${name}`);
      }),
    );
    return after?.filter((each) => !before?.includes(each)) ?? [];
  }

  const without = (update: Update, op: RegExp) =>
    update.steps.filter((step) => !op.test(step.op)).map(({ op, type, name }) => `${op} ${type} ${name}`);

  it('is refused with one error while Docker does not answer, before anything is registered', () => {
    for (const ran of refused.withoutDocker) {
      refusedWith(ran, /The relay runs from an image.*Cannot connect to the Docker daemon/);
    }
  });

  it('is refused with one error while some subnets are public and some are private, before anything is registered', () => {
    for (const ran of refused.mixed) refusedWith(ran, /are public and some are private: set subnetIds/);
  });

  function refusedWith(ran: Ran, told: RegExp): void {
    assert.notEqual(ran.status, 0);
    const all = ran.stdout + ran.stderr;
    const registered = [...all.matchAll(/"urn": ?"([^"]+)"/g)].filter(
      ([, urn]) => !/::pulumi:/.test(String(urn)),
    );
    assert.deepEqual(registered, []);
    assert.doesNotMatch(all, /serializing property/);
    const [error = '', ...others] = errors(ran);
    assert.deepEqual(others, []);
    assert.match(error, told);
    assert.deepEqual(refused.left, refused.untouched);
  }

  it('has exactly the resources that the tests under mocks claim', () => {
    const { update, claimed } = first;
    assert(claimed.length > 12, 'the claim was read');
    const made = update.steps.filter(({ op, type }) => op === 'create' && !OF_CROSSWALK.includes(type));
    assert.deepEqual(made.map(({ type, name }) => `${type} ${name}`).sort(), claimed.sort());
    // The dashboard draws the relay's metrics too. The relay calls again where the webhook is throttled.
    assert.deepEqual(without(update, /^create$/).sort(), [
      'delete aws:cloudwatch/metricAlarm:MetricAlarm webhook-throttles',
      'update aws:cloudwatch/dashboard:Dashboard dashboard',
    ]);
  });

  it('runs the pushed image in the public subnets, with its roles', async () => {
    const { service, container, image } = first.relay;
    assert.match(image, /\.dkr\.ecr\..+\/relay-[0-9a-f]{7}@sha256:[0-9a-f]{64}$/);
    assert.deepEqual([service.desiredCount, service.launchType], [1, 'FARGATE']);
    const { assignPublicIp, subnets = [] } = service.networkConfiguration?.awsvpcConfiguration ?? {};
    assert.equal(assignPublicIp, 'ENABLED');
    assert(subnets.length > 1);
    assert.deepEqual([container.user, container.readonlyRootFilesystem], ['node', true]);
    for (const statement of roles.trusted) {
      assert.deepEqual(statement, {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      });
    }
    assert.deepEqual(
      roles.allowed.map((statements) => statements.length),
      [2, 3],
    );
  });

  it('does not change in a second up, or after a refresh', () => {
    assert.deepEqual([again.steps, refreshed.steps], [[], []]);
  });

  it('does not change if its bundle is made again under another umask', () => {
    assert.deepEqual(otherUmask.update.steps, []);
    assert.equal(otherUmask.relay.image, first.relay.image);
  });

  it('changes only its image, task definition and service when its code is edited', () => {
    const { update, relay } = edited;
    assert.deepEqual([...new Set(update.steps.map(({ type }) => type))].sort(), [
      SERVICE,
      TASK_DEFINITION,
      IMAGE,
    ]);
    assert.notEqual(relay.image, first.relay.image);
    assert.equal(relay.service.serviceArn, first.relay.service.serviceArn);
  });

  it('is repaired by refresh and up after its image and its service were deleted outside Pulumi', async () => {
    const { before, deleted, update, relay, again } = repaired;
    assert(deleted);
    assert.equal(relay.image, before.image, 'the same contents are the same image');
    const made = update.steps.filter(({ op }) => op === 'create').map(({ type }) => type);
    assert.deepEqual(made.sort(), [SERVICE, IMAGE]);
    assert.deepEqual(again.steps, []);
  });

  it('keeps no secret in the state, its history or the task definition, and prints none', () => {
    const inner = String(JSON.parse(Buffer.from(API_KEY, 'base64').toString()).api_key);
    const definition = JSON.stringify(first.relay.taskDefinition);
    assert(
      definition.includes('API_KEY_SECRET_ARN') && state.includes('sha256:') && history.includes('sha256:'),
    );
    for (const [where, text] of Object.entries({ state, history, definition, printed })) {
      for (const [index, secret] of [API_KEY, inner, SIGNING_SECRET, password].entries()) {
        assert(!text.includes(secret), `${where} holds secret ${index}`);
      }
    }
  });

  it('leaves nothing behind when Momento delivers again, by a managed webhook or one made by hand', () => {
    assert.equal(managed.relay, undefined);
    // One alarm went with the relay, and came again under another name.
    const logical = (names: readonly string[]) =>
      names.map((name) => name.replace(/(?<=^alarm webhook-throttles)-[0-9a-f]{7}$/, ''));
    assert.deepEqual(logical(managed.left), logical(byWebhook));
    assert.deepEqual(logical(byWebhookAgain), logical(byWebhook));
  });

  it('leaves nothing behind when it is destroyed', () => {
    assert.deepEqual(left, refused.untouched);
  });
});
