// The stack's configuration: every key with its default and its range, in one place.
import * as pulumi from '@pulumi/pulumi';
import { apiKeyKind } from '../handlers/core/api-key';
import { applicationFolder, DEFAULT_APPLICATION, loadInfra } from './application';
import { oneOf, type Rule, Settings, text, wholeNumber } from './settings';

/** How events reach the webhook's URL. */
const DELIVERIES = ['webhook', 'managed-webhook', 'relay'] as const;

/** What gives the functions their addresses. */
const FRONTS = ['function-url', 'http-api'] as const;

/** The retentions that CloudWatch allows (PutRetentionPolicy), without "never". */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const apiKey: Rule<'legacy' | 'v2'> = {
  parse: apiKeyKind,
  allowed: "a Momento API key, legacy (base64) or v2 (a JWT), whole as Momento's console gives it",
};

const signingSecret = text(
  '1 to 1024 printable characters without white space',
  (given) => given.length <= 1024 && /^[^\s\p{Cc}]+$/u.test(given),
);

const name = text(
  '1 to 255 characters, no control characters, no white space at either end',
  (given) =>
    given.length <= 255 && /^[^\p{Cc}]+$/u.test(given) && given.trim() === given && given.isWellFormed(),
);

/** gRPC carries it in a header. */
const cacheName = text(
  '1 to 255 printable ASCII characters, no white space at either end',
  (given) => given.length <= 255 && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(given),
);

const hostName = text(
  'a host name without scheme, port or path, such as cell-4-us-west-2-1.prod.a.momentohq.com',
  (given) => given.length <= 253 && /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})+$/i.test(given),
);

const emailAddress = text(
  'an e-mail address',
  (given) => given.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)+$/u.test(given),
);

const domainName = text(
  'a host name in lower case, such as comments.example.com',
  (given) => hostName.parse(given) !== undefined && given === given.toLowerCase(),
);

const certificateArn = text(
  'the ARN of a certificate in AWS Certificate Manager, such as arn:aws:acm:us-east-1:123456789012:certificate/ID',
  (given) => /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(given),
);

const vpcId = text("a VPC's id, such as vpc-0a1b2c3d", (given) => /^vpc-[0-9a-f]{8,17}$/.test(given));

const subnetIds: Rule<string[]> = {
  parse: (given) => {
    const ids = given.startsWith('[') ? idsOf(given) : given.split(',').map((id) => id.trim());
    return ids.length > 0 && ids.every((id) => /^subnet-[0-9a-f]{8,17}$/.test(id)) ? ids : undefined;
  },
  allowed: 'ids of subnets, such as subnet-0a1b2c3d,subnet-4e5f6a7b, or a list of them',
};

const yesOrNo: Rule<boolean> = {
  parse: (given) => (given === 'true' ? true : given === 'false' ? false : undefined),
  allowed: 'true, false',
};

export type StackConfig = ReturnType<typeof loadConfig>;

/**
 * The validated configuration of this stack.
 * Throws one RunError that names every mistake: the key, its value unless it is a secret, and what is allowed.
 */
export function loadConfig(settings = new Settings()) {
  /** The folder of the code that handles verified messages. */
  const application = settings.withDefault('application', applicationFolder, DEFAULT_APPLICATION);
  const infra = loadInfra(application);
  const config = {
    application,
    /** Creates what the application needs. */
    declareApplication: infra.load(settings),
    /** The Momento account's key. A legacy key carries its endpoint; a v2 key also needs `momentoEndpoint`. */
    momentoApiKey: settings.requiredSecret('momentoApiKey', apiKey),
    momentoEndpoint: settings.optional('momentoEndpoint', hostName),
    /** Momento shows it once the webhook exists, so the first deploy has none. */
    signingSecret: settings.secret('signingSecret', signingSecret),
    /**
     * `webhook`: created by hand in Momento. `managed-webhook`: created by this program, with its signing secret. `relay`: a
     * service of this program replaces Momento's webhooks, for accounts without them.
     */
    delivery: settings.withDefault('delivery', oneOf(...DELIVERIES), 'webhook'),
    /** Another key of the same account. With it the program creates the cache and the webhook. It never reaches AWS. */
    momentoDeployKey: settings.secret('momentoDeployKey', apiKey),
    /** Whether the cache is deleted with the stack, even an adopted one, with all its comments. Run `up` before `destroy`. */
    deleteCache: settings.withDefault('deleteCache', yesOrNo, false),
    /** For `managed-webhook`: a different number rotates the signing secret. */
    rotation: settings.withDefault('rotation', wholeNumber(0, 1_000_000), 0),
    /** For `relay`: where its task runs. Set both or neither; without them, it is the region's default VPC. */
    vpcId: settings.optional('vpcId', vpcId),
    subnetIds: settings.optional('subnetIds', subnetIds),
    /**
     * `function-url`: each function has a Function URL. `http-api`: one HTTP API of API Gateway has a route for each, with limits,
     * access logs and a domain of one's own.
     */
    front: settings.withDefault('front', oneOf(...FRONTS), 'function-url'),
    /**
     * For `http-api`: the requests per second to each route, and how many may come at once. The most are an account's own limits.
     * Momento delivers at most five per second; the relay has 32 under way, and catches up at more than a hundred per second.
     */
    throttleRate: settings.withDefault('throttleRate', wholeNumber(1, 10_000), 200),
    throttleBurst: settings.withDefault('throttleBurst', wholeNumber(1, 5_000), 400),
    /** For `http-api`: an address of one's own, and its certificate. Set both or neither. */
    domainName: settings.optional('domainName', domainName),
    certificateArn: settings.optional('certificateArn', certificateArn),
    /** The default contains the stack's name, so that two stacks never share comments by accident. */
    cacheName: settings.withDefault('cacheName', cacheName, `course-comments-${pulumi.getStack()}`),
    topicName: settings.withDefault('topicName', name, infra.topicName),
    /** How long a publisher's token for a user lasts. */
    tokenTtlMinutes: settings.withDefault('tokenTtlMinutes', wholeNumber(1, 60), 30),
    /** Of each function, in MB. */
    memoryMb: settings.withDefault('memoryMb', wholeNumber(128, 10_240), 512),
    logRetentionDays: settings.withDefault<number>('logRetentionDays', oneOf(...RETENTION_DAYS), 14),
    /** Whether AWS X-Ray records each function's calls. */
    tracing: settings.withDefault('tracing', yesOrNo, false),
    /** Of the webhook. It bounds the cost of an attack on its public URL. */
    reservedConcurrency: settings.optional('reservedConcurrency', wholeNumber(1, 1000)),
    /** Who is notified of alarms. */
    alarmEmail: settings.optional('alarmEmail', emailAddress),
  };
  checkEndpoint(settings);
  const delivery = `delivery ${config.delivery}`;
  if (config.delivery === 'managed-webhook') {
    checkUnset(settings, 'signingSecret', `${delivery}, where Momento makes it`);
  } else {
    checkUnset(settings, 'rotation', `${delivery}, whose signing secret Momento's console or you rotate`);
  }
  if (config.delivery === 'relay') checkRelay(settings);
  else {
    for (const key of ['vpcId', 'subnetIds']) {
      checkUnset(settings, key, `${delivery}, which runs nothing in a VPC`);
    }
  }
  if (config.front === 'http-api') checkBoth(settings, ['domainName', 'certificateArn'], 'neither');
  else {
    for (const key of ['throttleRate', 'throttleBurst', 'domainName', 'certificateArn']) {
      checkUnset(settings, key, `front ${config.front}, which has no API Gateway`);
    }
  }
  settings.refuseMistakes();
  return config;
}

/** Both keys belong to one account in one region, so one endpoint serves both. */
function checkEndpoint(settings: Settings): void {
  const kinds = ['momentoApiKey', 'momentoDeployKey'].map((key) => ({
    key,
    kind: settings.classify(key, apiKey),
  }));
  const v2 = kinds.find(({ kind }) => kind === 'v2');
  if (v2 && !settings.isSet('momentoEndpoint')) {
    settings.mistake('momentoEndpoint', `is not set, a v2 ${v2.key} needs it; allowed: ${hostName.allowed}`);
  }
  const endpoint = settings.classify('momentoEndpoint', hostName);
  if (!v2 && kinds[0]?.kind === 'legacy' && endpoint !== undefined) {
    const why = 'allowed: nothing with a legacy momentoApiKey, which carries its endpoint';
    settings.mistake('momentoEndpoint', `is ${settings.shown('momentoEndpoint')}, ${why}`);
  }
}

/** Refuses a setting that has no effect with this delivery or front. */
function checkUnset(settings: Settings, key: string, why: string): void {
  if (settings.isSet(key)) {
    settings.mistake(key, `is set, allowed: nothing with ${why}; remove it with: pulumi config rm ${key}`);
  }
}

function checkRelay(settings: Settings): void {
  if (!settings.isSet('signingSecret')) {
    settings.mistake(
      'signingSecret',
      `is not set, delivery relay signs with it; allowed: ${signingSecret.allowed}; generate one with: ` +
        'openssl rand -hex 32 | pulumi config set --secret signingSecret',
    );
  }
  checkBoth(settings, ['vpcId', 'subnetIds'], 'neither for the default VPC');
}

/** Refuses one of two settings without the other. */
function checkBoth(settings: Settings, [first, second]: readonly [string, string], neither: string): void {
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    if (settings.isSet(one) && !settings.isSet(other)) {
      settings.mistake(other, `is not set, ${one} needs it; allowed: both, or ${neither}`);
    }
  }
}

/** The strings of a JSON list, as Pulumi stores lists; empty for anything else. */
function idsOf(json: string): string[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}
