// The rows about the relay: what ECS says of its service is recorded, what it delivers the local stack delivers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Service } from '@aws-sdk/client-ecs';
import { Undecidable } from '../../acceptance/errors';
import { ProjectCopy } from '../../acceptance/project-copy';
import { UpdateFailed } from '../../acceptance/pulumi';
import { failingRelay, relay } from '../../acceptance/rows/relay';
import { StepFailed } from '../../verify/step';
import { OnLocalStack } from './on-local-stack';

const PROJECT = resolve(__dirname, '../..');
const GOOD = 'arn:aws:ecs:us-east-1:123456789012:task-definition/relay:1';
const BAD = 'arn:aws:ecs:us-east-1:123456789012:task-definition/relay:2';

/** As DescribeServices gives a service, with these deployments. */
const service = (
  taskDefinition: string,
  ...deployments: [taskDefinition: string, runningCount: number][]
) => ({
  serviceName: 'relay',
  status: 'ACTIVE',
  taskDefinition,
  runningCount: deployments.reduce((sum, [, running]) => sum + running, 0),
  deployments: deployments.map(([taskDefinition, runningCount]) => ({ taskDefinition, runningCount })),
});
const RUNS = service(GOOD, [GOOD, 1]);

describe('the acceptance of the relay', () => {
  let rig: OnLocalStack;
  let folder: string;
  let path: string | undefined;

  before(async function () {
    this.timeout(240_000);
    rig = await OnLocalStack.start({ delivers: true });
    folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-docker-'));
    path = process.env.PATH;
  });
  after(async () => {
    await rig.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rig.reset();
  });

  /** `docker`, as far as it is asked whether it is there. */
  function docker(status: number): void {
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\nexit ${status}\n`);
    chmodSync(join(folder, 'docker'), 0o755);
    process.env.PATH = `${folder}:${path}`;
  }

  describe('that works', () => {
    async function verdictWhere(found: object, taskArns: string[] = []) {
      const set: string[] = [];
      const context = await rig.context({
        DescribeServices: () => ({ services: [found], failures: [] }),
        ListTasks: () => ({ taskArns }),
      });
      const stack = { ...context.stack, set: async (...pair: unknown[]) => void set.push(pair.join(' ')) };
      const verdict = await relay.decide({ ...context, stack });
      assert.deepEqual(set, ['delivery relay']);
      return verdict;
    }

    it('holds where its task runs, and a published comment comes to the cache', async () => {
      docker(0);
      assert.equal((await verdictWhere(RUNS)).result, 'held');
    });

    it('fails where tasks were started and none runs, though the up went through', async () => {
      docker(0);
      const { result, why } = await verdictWhere(service(GOOD, [GOOD, 0]), ['arn:task']);
      assert.deepEqual([result, why], ['FAILED', 'pulumi up succeeded, and 0 tasks run']);
    });

    it('fails where a published comment does not come to the cache', async () => {
      docker(0);
      rig.local.setFaults((operation) => (operation === 'Publish' ? { kind: 'refuse' } : undefined));
      await assert.rejects(verdictWhere(RUNS), StepFailed);
    });

    it('is not decided without Docker, or in an ECS that starts nothing', async () => {
      docker(1);
      await assert.rejects(verdictWhere(RUNS), /needs a running Docker/);
      docker(0);
      await assert.rejects(verdictWhere(service(GOOD, [GOOD, 0])), Undecidable);
    });
  });

  describe('that exits 1', () => {
    let broken = '';
    /** ECS as it is before the up, and after it; the last one stays. */
    async function verdictWhere(up: 'fails' | 'goes through', ...services: Service[]) {
      const did: string[] = [];
      const context = await rig.context({
        DescribeServices: () => ({ services: services.length > 1 ? services.splice(0, 1) : services }),
      });
      let ups = 0;
      const stack = {
        ...context.stack,
        up: async () => {
          did.push('up');
          if (++ups === 1 && up === 'fails') throw new UpdateFailed('pulumi up failed: no steady state');
          return { changes: {} };
        },
      };
      const sources = {
        replace: (file: string, text: string) => {
          did.push(file);
          broken = text;
        },
        restore: () => void did.push('restored'),
      };
      return { ...(await failingRelay.decide({ ...context, stack, sources })), did };
    }
    const ROLLING = service(GOOD, [GOOD, 1], [BAD, 0]);

    it('holds where the up fails, the task before it runs alone and delivers, and the next up goes through', async () => {
      const { result, why, did } = await verdictWhere('fails', RUNS, ROLLING, RUNS);
      assert.equal(result, 'held', why);
      assert.deepEqual(did, ['handlers/relay.ts', 'up', 'restored', 'up']);
    });

    it('is made in a copy of the project, where it is bundled like the real one and exits 1', async () => {
      await verdictWhere('fails', RUNS, RUNS);
      const copy = new ProjectCopy(join(folder, 'project'));
      copy.replace('handlers/relay.ts', broken);
      const bundle = "require('./infra/bundle').bundleHandlers(['relay'])";
      const bundled = spawnSync(process.execPath, ['-r', './infra/read-typescript.cjs', '-e', bundle], {
        cwd: copy.folder,
      });
      assert.equal(bundled.status, 0, String(bundled.stderr));
      const runRelay = () => spawnSync(process.execPath, ['.bundles/relay.js'], { cwd: copy.folder }).status;
      assert.equal(runRelay(), 1);
      copy.restore();
      const [mine, theirs] = [copy.folder, PROJECT].map((at) =>
        readFileSync(join(at, 'handlers/relay.ts'), 'utf8'),
      );
      assert.equal(mine, theirs);
    });

    it('fails where the up goes through, rolled back or not', async () => {
      const rolledBack = await verdictWhere('goes through', RUNS, RUNS);
      assert.deepEqual(
        [rolledBack.result, rolledBack.why],
        ['FAILED', 'pulumi up succeeded, and ECS rolled back'],
      );
      const not = await verdictWhere('goes through', RUNS, service(BAD, [BAD, 0]));
      assert.deepEqual([not.result, not.why], ['FAILED', 'pulumi up succeeded']);
    });

    const stuck: [string, Service][] = [
      ['the new task runs', service(BAD, [BAD, 1])],
      ['the task before it does not run', service(GOOD, [GOOD, 0])],
      ['the new deployment is still there', ROLLING],
      ['the service is to run the new one', service(BAD, [GOOD, 1])],
      ['the new task runs in place of the one before it', service(GOOD, [BAD, 1])],
      ['there is no deployment', service(GOOD)],
    ];
    for (const [when, after] of stuck) {
      it(`fails where ${when} in the end`, async () => {
        const { result, why, did } = await verdictWhere('fails', RUNS, after);
        assert.equal(result, 'FAILED');
        assert.match(why, /the previous task does not run again: .*no steady state/);
        assert(did.includes('restored'));
      });
    }
  });
});
