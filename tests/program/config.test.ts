import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { evaluateProgram, ProgramError } from '../../local/program';
import { ENDPOINT, LEGACY_KEY, SIGNING_SECRET, V2_KEY } from './declared';
import { load, mistakes, NAMESPACE, SECRETS } from './loaded-config';

describe('the configuration', () => {
  it('needs nothing but the API key', async () => {
    const { momentoApiKey, declareApplication, ...rest } = await load({ momentoApiKey: LEGACY_KEY });
    assert(await pulumi.isSecret(momentoApiKey));
    assert.deepEqual(declareApplication().environment, {
      COMMENT_TTL_SECONDS: '86400',
      COMMENTS_PER_COURSE: '1000',
    });
    assert.deepEqual(rest, {
      application: 'application',
      momentoEndpoint: undefined,
      signingSecret: undefined,
      delivery: 'webhook',
      momentoDeployKey: undefined,
      deleteCache: false,
      rotation: 0,
      vpcId: undefined,
      subnetIds: undefined,
      front: 'function-url',
      throttleRate: 200,
      throttleBurst: 400,
      domainName: undefined,
      certificateArn: undefined,
      cacheName: 'course-comments-dev',
      topicName: 'comment',
      tokenTtlMinutes: 30,
      memoryMb: 512,
      logRetentionDays: 14,
      tracing: false,
      reservedConcurrency: undefined,
      alarmEmail: undefined,
    });
  });

  it('takes a v2 key with its endpoint', async () => {
    const config = await load({ momentoApiKey: V2_KEY, momentoEndpoint: ENDPOINT });
    assert.equal(config.momentoEndpoint, ENDPOINT);
  });

  it('keeps the signing secret secret', async () => {
    const { signingSecret } = await load({ momentoApiKey: LEGACY_KEY, signingSecret: SIGNING_SECRET });
    assert(signingSecret && (await pulumi.isSecret(signingSecret)));
  });

  it('says how to set the API key where there is none', async () => {
    await assert.rejects(
      load({}),
      /momentoApiKey is not set.*pulumi config set --secret momentoApiKey --stack dev$/m,
    );
  });

  it('needs the endpoint beside a v2 key', async () => {
    const [line, ...others] = await mistakes({ momentoApiKey: V2_KEY });
    assert.match(
      line ?? '',
      /^momento-webhooks:momentoEndpoint is not set, a v2 momentoApiKey needs it; allowed: /,
    );
    assert.deepEqual(others, []);
  });

  it('refuses an endpoint beside a legacy key, which carries its own', async () => {
    assert.deepEqual(await mistakes({ momentoEndpoint: ENDPOINT }), [
      `momento-webhooks:momentoEndpoint is "${ENDPOINT}", allowed: nothing with a legacy momentoApiKey, which carries its endpoint`,
    ]);
  });

  const edges: Record<string, { allowed: string[]; refused: string[]; says: string }> = {
    delivery: {
      allowed: ['webhook', 'managed-webhook'],
      refused: ['', 'Webhook', 'managed', 'relay,'],
      says: 'webhook, managed-webhook, relay',
    },
    front: {
      allowed: ['function-url', 'http-api'],
      refused: ['', 'http', 'rest-api', 'HTTP-API', 'api-gateway'],
      says: 'function-url, http-api',
    },
    deleteCache: {
      allowed: ['true', 'false'],
      refused: ['', 'yes', 'True', '1', 'constructor'],
      says: 'true, false',
    },
    cacheName: {
      allowed: ['a', 'x'.repeat(255), 'Kurs 7 - (~)'],
      refused: ['', 'x'.repeat(256), ' a', 'a ', 'a\nb', 'a\u0001', 'Äpfel', 'a\u200b'],
      says: '1 to 255 printable ASCII characters, no white space at either end',
    },
    topicName: {
      allowed: ['a', 'x'.repeat(255), 'Äpfel'],
      refused: ['', 'x'.repeat(256), '\t', 'a\u007f'],
      says: '1 to 255 characters, no control characters, no white space at either end',
    },
    commentTtlSeconds: {
      allowed: ['1', '86400'],
      refused: ['', '0', '86401', '-1', '1.5', '1e3', '0x10', ' 5', '5s', 'NaN'],
      says: 'a whole number from 1 to 86400',
    },
    commentsPerCourse: {
      allowed: ['1', '10000'],
      refused: ['0', '10001', '1.0'],
      says: 'a whole number from 1 to 10000',
    },
    tokenTtlMinutes: {
      allowed: ['1', '60'],
      refused: ['0', '61', '0.5'],
      says: 'a whole number from 1 to 60',
    },
    memoryMb: {
      allowed: ['128', '10240'],
      refused: ['127', '10241', '512MB'],
      says: 'a whole number from 128 to 10240',
    },
    logRetentionDays: {
      allowed: ['1', '7', '3653'],
      refused: ['0', '2', '4000', '7.0'],
      says: '1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
    },
    tracing: { allowed: ['true', 'false'], refused: ['', 'True', 'yes', '1'], says: 'true, false' },
    reservedConcurrency: {
      allowed: ['1', '1000'],
      refused: ['0', '1001', 'none'],
      says: 'a whole number from 1 to 1000',
    },
    alarmEmail: {
      allowed: ['a@example.com', 'first.last+tag@mail.example.co.uk'],
      refused: ['', 'a', 'a@b', '@example.com', 'a@example.', 'a b@example.com', 'a@b@example.com'],
      says: 'an e-mail address',
    },
  };
  for (const [key, { allowed, refused, says }] of Object.entries(edges)) {
    it(`takes ${key} within its range and refuses it outside, naming key, value and range`, async () => {
      for (const value of allowed) assert.deepEqual(await mistakes({ [key]: value }), [], value);
      for (const value of refused) {
        const line = `momento-webhooks:${key} is ${JSON.stringify(value)}, allowed: ${says}`;
        assert.deepEqual(await mistakes({ [key]: value }), [line]);
      }
    });
  }

  it('takes a host name as the endpoint and nothing around it', async () => {
    for (const value of [
      '',
      'https://a.example.com',
      'a.example.com:443',
      'a.example.com/',
      'localhost',
      'a..b',
      '-a.b',
    ]) {
      const [line, ...others] = await mistakes({ momentoApiKey: V2_KEY, momentoEndpoint: value });
      assert(
        line?.startsWith(
          `momento-webhooks:momentoEndpoint is ${JSON.stringify(value)}, allowed: a host name`,
        ),
      );
      assert.deepEqual(others, []);
    }
  });

  it('never shows a secret that it refuses', async () => {
    const signingSecrets = ['', 'pass word', 'password\n', 'p'.repeat(1025)];
    for (const value of signingSecrets) {
      const [line, ...others] = await mistakes({ signingSecret: value });
      assert.match(line ?? '', /^momento-webhooks:signingSecret has a value \(a secret, not shown\)/);
      assert(!value.trim() || !line?.includes(value.trim()));
      assert.deepEqual(others, []);
    }
    const apiKeys = ['', 'sesame', `${LEGACY_KEY.slice(8)}`, V2_KEY.replace(/\.[^.]+\./, '.e30.')];
    for (const value of apiKeys) {
      const [line, ...others] = await mistakes({ momentoApiKey: value });
      assert.match(line ?? '', /^momento-webhooks:momentoApiKey has a value \(a secret, not shown\)/);
      assert(!value || !line?.includes(value));
      assert.deepEqual(others, []);
    }
  });

  it('never shows what was set as a secret, though the key is none', async () => {
    const told = process.env.PULUMI_CONFIG_SECRET_KEYS;
    try {
      const keys = [...SECRETS, 'momentoEndpoint'].map((key) => `${NAMESPACE}:${key}`);
      process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(keys);
      for (const endpoint of [V2_KEY, `https://${V2_KEY}`]) {
        const [line, ...others] = await mistakes({ momentoEndpoint: endpoint });
        assert.match(line ?? '', /^momento-webhooks:momentoEndpoint is \(a secret, not shown\), allowed: /);
        assert.deepEqual(others, []);
      }
    } finally {
      if (told === undefined) delete process.env.PULUMI_CONFIG_SECRET_KEYS;
      else process.env.PULUMI_CONFIG_SECRET_KEYS = told;
    }
  });

  it('refuses a secret that is set in clear, never shows it, and says how to set it again', async () => {
    const values = { signingSecret: SIGNING_SECRET, momentoDeployKey: LEGACY_KEY };
    const told = process.env.PULUMI_CONFIG_SECRET_KEYS;
    try {
      for (const inClear of SECRETS) {
        const others = SECRETS.filter((key) => key !== inClear).map((key) => `${NAMESPACE}:${key}`);
        process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(others);
        assert.deepEqual(await mistakes(values), [
          `${NAMESPACE}:${inClear} is set in clear (not shown), allowed: a secret; ` +
            `set it again with: pulumi config set --secret ${inClear} --stack dev`,
        ]);
      }
      process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(SECRETS.map((key) => `${NAMESPACE}:${key}`));
      assert.deepEqual(await mistakes(values), []);
    } finally {
      if (told === undefined) delete process.env.PULUMI_CONFIG_SECRET_KEYS;
      else process.env.PULUMI_CONFIG_SECRET_KEYS = told;
    }
  });

  it('refuses a key that it does not have, which would be ignored silently, and names those it has', async () => {
    const [line, ...others] = await mistakes({ signingsecret: SIGNING_SECRET, 'aws:region': 'us-east-1' });
    assert.match(
      line ?? '',
      /^momento-webhooks:signingsecret is not a setting .* signingSecret, .* alarmEmail$/,
    );
    assert(!line?.includes(SIGNING_SECRET));
    assert.deepEqual(others, []);
  });

  it('takes a deploy key beside the API key, and the endpoint that a v2 one of both needs', async () => {
    const config = await load({
      momentoApiKey: LEGACY_KEY,
      momentoDeployKey: V2_KEY,
      momentoEndpoint: ENDPOINT,
    });
    assert(config.momentoDeployKey && (await pulumi.isSecret(config.momentoDeployKey)));
    assert.deepEqual(await mistakes({ momentoDeployKey: LEGACY_KEY }), []);
    const [line, ...others] = await mistakes({ momentoDeployKey: V2_KEY });
    assert.match(line ?? '', /^momento-webhooks:momentoEndpoint is not set, a v2 momentoDeployKey needs it/);
    assert.deepEqual(others, []);
    const [refused] = await mistakes({ momentoDeployKey: 'sesame' });
    assert.match(refused ?? '', /^momento-webhooks:momentoDeployKey has a value \(a secret, not shown\)/);
    assert(!refused?.includes('sesame'));
  });

  it('refuses a signing secret where Momento makes it, and says how to remove it', async () => {
    const [line, ...others] = await mistakes({ delivery: 'managed-webhook', signingSecret: SIGNING_SECRET });
    assert.match(
      line ?? '',
      /^momento-webhooks:signingSecret is set, allowed: nothing with delivery managed-webhook.* pulumi config rm signingSecret$/,
    );
    assert(!line?.includes(SIGNING_SECRET));
    assert.deepEqual(others, []);
  });

  it('takes a rotation from 0 to 1000000 where the program manages the webhook, and refuses it elsewhere', async () => {
    const managed = { delivery: 'managed-webhook' };
    for (const rotation of ['0', '7', '1000000']) {
      assert.deepEqual(await mistakes({ ...managed, rotation }), []);
    }
    for (const rotation of ['', '-1', '1000001', '1.5']) {
      const line = `momento-webhooks:rotation is ${JSON.stringify(rotation)}, allowed: a whole number from 0 to 1000000`;
      assert.deepEqual(await mistakes({ ...managed, rotation }), [line]);
    }
    const [line, ...others] = await mistakes({ rotation: '1' });
    assert.match(line ?? '', /^momento-webhooks:rotation is set, allowed: nothing with delivery webhook/);
    assert.deepEqual(others, []);
  });

  it('tells all mistakes at once', async () => {
    const list = await mistakes({
      momentoApiKey: 'x',
      memoryMb: '1',
      alarmEmail: '?',
      topicName: '',
      typo: '1',
    });
    const keys = list.map((line) => /^momento-webhooks:(\w+) /.exec(line)?.[1]);
    assert.deepEqual(keys, ['momentoApiKey', 'topicName', 'memoryMb', 'alarmEmail', 'typo']);
  });

  it('is refused before any resource is registered', async () => {
    const evaluation = evaluateProgram({ config: { memoryMb: '1' }, secrets: { momentoApiKey: LEGACY_KEY } });
    await assert.rejects(evaluation, (error) => {
      assert(error instanceof ProgramError);
      assert.match(error.message, /memoryMb is "1"/);
      assert.equal(error.registered, 0);
      return true;
    });
  });
});
