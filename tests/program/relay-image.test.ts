// The image that the relay's task runs: what it is built of, by what, and where it is kept.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { declared, resource } from './declared';

const PROJECT = path.resolve(__dirname, '../..');
const TAGS = { project: 'momento-webhooks', stack: 'dev' };
const REPOSITORY = 'aws:ecr/repository:Repository';
const IMAGE = 'docker-build:index:Image';

const relayed = () => declared('relayed');
const one = async (type: string) => resource(await relayed(), type, 'relay');

describe('the relay', () => {
  it('has an image of its bundle alone, in a repository that goes with the stack', async () => {
    const repository = await one(REPOSITORY);
    assert.deepEqual(repository.inputs, {
      forceDelete: true,
      imageScanningConfiguration: { scanOnPush: true },
      tags: TAGS,
    });
    const { inputs, secretInputs } = await one(IMAGE);
    const { registries, ...image } = inputs;
    assert.deepEqual(image, {
      context: { location: '.' },
      dockerfile: { location: 'Dockerfile' },
      platforms: ['linux/arm64'],
      tags: [`${repository.state.repositoryUrl}:latest`],
      push: true,
      buildOnPreview: true, // these two are docker-build's own
      network: 'default',
    });
    const [registry, ...others] = [registries].flat();
    assert.deepEqual(
      [registry, others],
      [
        {
          address: 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com',
          username: 'AWS',
          password: 'token-of-the-registry',
        },
        [],
      ],
    );
    assert.deepEqual(secretInputs, ['registries']);
    const { policy, ...rest } = (await one('aws:ecr/lifecyclePolicy:LifecyclePolicy')).inputs;
    assert.deepEqual(rest, { repository: repository.state.name });
    const parsed = typeof policy === 'string' ? JSON.parse(policy) : policy;
    assert.deepEqual(parsed, {
      rules: [
        {
          rulePriority: 1,
          description: 'The newest 5 images stay',
          selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 },
          action: { type: 'expire' },
        },
      ],
    });
  });

  it('has an image that stays in the state when a refresh meets an expired token: docker-build 0.0.21 or later', () => {
    const { packages } = JSON.parse(readFileSync(path.join(PROJECT, 'package-lock.json'), 'utf8'));
    const installed = Object.keys(packages).filter((each) =>
      each.endsWith('node_modules/@pulumi/docker-build'),
    );
    // One for this project and for Crosswalk: each version is another plug-in that everybody downloads.
    assert.deepEqual(installed, ['node_modules/@pulumi/docker-build']);
    const [major, minor, patch] = packages[installed.join()].version.split('.').map(Number);
    assert(major > 0 || minor > 0 || patch >= 21);
  });

  it('is built without running anything, from a base image by tag', async () => {
    await relayed(); // the file that it copies is there
    const lines = readFileSync(path.join(PROJECT, 'Dockerfile'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    assert.deepEqual(lines, [
      'FROM node:24-slim',
      'WORKDIR /relay',
      'COPY --chmod=0644 .bundles/relay.js index.js',
      'ENV NODE_ENV=production',
      'USER node',
      'HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "/relay/index.js", "--health"]',
      'CMD ["node", "index.js"]',
    ]);
    assert(existsSync(path.join(PROJECT, '.bundles/relay.js')));
    assert.equal(readFileSync(path.join(PROJECT, '.dockerignore'), 'utf8'), '*\n!.bundles/relay.js\n');
  });
});
