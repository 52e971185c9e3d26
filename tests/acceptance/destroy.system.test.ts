// The row about what is left in the end.
import assert from 'node:assert/strict';
import { Undecidable } from '../../acceptance/errors';
import { destroyed } from '../../acceptance/rows/destroyed';
import { type Answers, knownStack, type RecordedAws, Refused, recordedAws, waitFor } from './recorded-aws';

describe('the acceptance of destroy', () => {
  let recorded: RecordedAws | undefined;
  afterEach(() => recorded?.close());

  const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:webhook-1234567';
  const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:redrive-1234567';
  const TASK = 'arn:aws:ecs:us-east-1:123456789012:task-definition/relay:1';
  const CLUSTER = 'arn:aws:ecs:us-east-1:123456789012:cluster/relay-1234567';
  const RESOURCES = [
    { type: 'aws:lambda/function:Function', name: 'webhook', id: 'webhook-1234567' },
    { type: 'aws:iam/role:Role', name: 'webhook', id: 'webhook-7654321' },
    { type: 'aws:cloudwatch/dashboard:Dashboard', name: 'dashboard', id: 'p-s-1234567' },
  ];
  const noRole = () => {
    throw new Refused('NoSuchEntity', 404);
  };
  const noDashboard = () => {
    throw new Refused('DashboardNotFoundError', 404);
  };
  /** An account in which these are found before and after `destroy`. */
  async function verdictWhere(before: readonly string[], after: readonly string[], other: Answers = {}) {
    let found = before;
    recorded = await recordedAws({
      GetResources: () => ({
        PaginationToken: '',
        ResourceTagMappingList: found.map((ResourceARN) => ({ ResourceARN, Tags: [] })),
      }),
      DescribeClusters: () => ({ clusters: [{ clusterArn: CLUSTER, status: 'INACTIVE' }] }),
      DescribeTaskDefinition: () => ({ taskDefinition: { taskDefinitionArn: TASK, status: 'INACTIVE' } }),
      GetRole: noRole,
      GetDashboard: noDashboard,
      ...other,
    });
    const destroy = async () => {
      found = after;
      return { changes: { delete: 3 } };
    };
    const stack = knownStack({}, RESOURCES, { destroy });
    return destroyed('momento-webhooks').decide({ aws: recorded.aws, stack, waitFor });
  }

  it('holds where the search by tag, its roles and its dashboard are gone', async () => {
    const { result, why } = await verdictWhere([FUNCTION, QUEUE], []);
    assert.equal(result, 'held', why);
    assert.deepEqual(recorded?.calls[0]?.input.TagFilters, [
      { Key: 'project', Values: ['momento-webhooks'] },
      { Key: 'stack', Values: ['accepted'] },
    ]);
  });

  it('fails with the ARN of what is left', async () => {
    const { result, why } = await verdictWhere([FUNCTION, QUEUE], [QUEUE]);
    assert.deepEqual([result, why], ['FAILED', `left: ${QUEUE}`]);
  });

  it('fails with a role or a dashboard, which no tag finds', async () => {
    const role = `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>
      <Path>/</Path><RoleName>webhook-7654321</RoleName><RoleId>A</RoleId><Arn>arn</Arn>
      <CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>`;
    const left = await verdictWhere([FUNCTION], [], { GetRole: () => role });
    assert.deepEqual([left.result, left.why], ['FAILED', 'left: webhook-7654321']);
    await recorded?.close();
    const drawn = await verdictWhere([FUNCTION], [], { GetDashboard: () => ({ DashboardBody: '{}' }) });
    assert.deepEqual([drawn.result, drawn.why], ['FAILED', 'left: p-s-1234567']);
  });

  it('passes over what ECS keeps as inactive, and not over a cluster that is active', async () => {
    const kept = [CLUSTER, TASK];
    assert.equal((await verdictWhere([FUNCTION, ...kept], kept)).result, 'held');
    await recorded?.close();
    const DescribeClusters = () => ({ clusters: [{ clusterArn: CLUSTER, status: 'ACTIVE' }] });
    const { result, why } = await verdictWhere([FUNCTION, ...kept], kept, { DescribeClusters });
    assert.deepEqual([result, why], ['FAILED', `left: ${CLUSTER}`]);
  });

  it('is not decided where the search did not find the functions before: then finding nothing says nothing', async () => {
    await assert.rejects(verdictWhere([QUEUE], []), Undecidable);
  });
});
