// The names of AWS resources, as the engine proposes them to the provider, which makes them so for what is new.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as v from 'valibot';
import { LEGACY_KEY } from '../program/declared';
import { errors, ProjectCopy, type Ran, succeeded } from './stack';

/** A line of the engine's record of its calls (PULUMI_DEBUG_GRPC). */
const check = v.object({
  method: v.literal('/pulumirpc.ResourceProvider/Check'),
  request: v.object({
    urn: v.string(),
    autonaming: v.optional(v.object({ proposedName: v.string() })),
  }),
});

/** AWS's limits, in characters. */
const LIMITS: Readonly<Record<string, number>> = {
  'aws:lambda/function:Function': 64,
  'aws:iam/role:Role': 64,
  'aws:sqs/queue:Queue': 80,
  'aws:lambda/permission:Permission': 100,
  'aws:iam/rolePolicy:RolePolicy': 128,
  'aws:cloudwatch/metricAlarm:MetricAlarm': 255,
  'aws:cloudwatch/logGroup:LogGroup': 512,
  'aws:secretsmanager/secret:Secret': 512,
};

const previewed = v.object({ changeSummary: v.record(v.string(), v.number()) });

describe('the names of AWS resources', () => {
  let project: ProjectCopy;
  let changes: Record<string, number>;
  let proposed: ReadonlyMap<string, string>;
  let refused: string;
  let shortened: Record<string, number>;

  before(async function () {
    this.timeout(1_200_000);
    project = new ProjectCopy();
    const file = path.join(project.folder, 'Pulumi.yaml');
    const { settings, withoutNaming } = splitNaming(readFileSync(file, 'utf8'));

    writeFileSync(file, withoutNaming);
    const old = await project.stack('old');
    await old.setSecret('momentoApiKey', LEGACY_KEY);
    await old.up();
    writeFileSync(file, settings);
    const calls = path.join(project.root, 'calls.jsonl');
    project.environment.PULUMI_DEBUG_GRPC = calls;
    changes = changesIn(await old.preview());
    delete project.environment.PULUMI_DEBUG_GRPC;
    proposed = namesIn(readFileSync(calls, 'utf8'));
    await old.destroy();

    const long = await project.stack('a-stack-for-a-branch-with-a-long-name');
    await long.setSecret('momentoApiKey', LEGACY_KEY);
    refused = errors(await long.preview()).join();
    const [, key = '', pattern = ''] = /pulumi config set --path '(.*)' '(.*)' --stack/.exec(refused) ?? [];
    succeeded(await project.pulumi(['config', 'set', '--path', key, pattern, '--stack', long.name]));
    shortened = changesIn(await long.preview());
  });

  after(() => project?.remove());

  it('stay as they are in a stack that was made with other names', () => {
    assert.deepEqual(Object.keys(changes), ['same']);
  });

  /** The engine proposes names to what exists, too; the provider takes them for what it makes. */
  it('begin with project and stack where they are new, within AWS’s limits', function () {
    if (proposed.size === 0) {
      console.log('      not run: this provider takes no names from the engine');
      this.skip();
    }
    assert(proposed.size > 20, `${proposed.size} names`);
    for (const [urn, name] of proposed) {
      const [, , type = '', logical = ''] = urn.split('::');
      assert.match(name, new RegExp(`^momento-webhooks-old-${logical}-[0-9a-f]{7}$`));
      const [own = ''] = type.split('$').slice(-1);
      assert(name.length <= (LIMITS[own] ?? 255), `${name} as ${own}`);
    }
  });

  it('are refused before anything is made if project and stack are too long for them', () => {
    assert.match(
      refused,
      /momento-webhooks-a-stack-for-a-branch-with-a-long-name: the longest would have 78 characters, allowed: 64/,
    );
    assert.deepEqual(Object.keys(shortened), ['create']);
  });
});

function splitNaming(settings: string) {
  const withoutNaming = settings.replace(/^config:\n {2}pulumi:autonaming:\n.*\n.*\n/m, '');
  assert.notEqual(withoutNaming, settings);
  return { settings, withoutNaming };
}

function changesIn(preview: Ran): Record<string, number> {
  return v.parse(previewed, JSON.parse(succeeded(preview).stdout)).changeSummary;
}

/** By URN. */
function namesIn(log: string): ReadonlyMap<string, string> {
  const names = log.split('\n').flatMap((line): [string, string][] => {
    const parsed = v.safeParse(check, line === '' ? undefined : JSON.parse(line));
    if (!parsed.success) return [];
    const { urn, autonaming } = parsed.output.request;
    return autonaming && urn.includes('aws:') ? [[urn, autonaming.proposedName]] : [];
  });
  return new Map(names);
}
