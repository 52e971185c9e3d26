import assert from 'node:assert/strict';
import { declared, resource, resourcesOf, statements } from './declared';

const FUNCTION = 'aws:lambda/function:Function';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';

describe('tracing', () => {
  it('lets X-Ray record each function, and each role write what it records and nothing more', async () => {
    const [traced, untraced] = [await declared('traced'), await declared('first')];
    for (const { name, inputs } of resourcesOf(traced, FUNCTION)) {
      assert.deepEqual(inputs.tracingConfig, { mode: 'Active' }, name);
      const [logs, traces, ...rest] = statements(resource(traced, ROLE_POLICY, name).inputs.policy);
      assert.deepEqual(traces, {
        Effect: 'Allow',
        Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
        Resource: '*', // these two actions know no resources
      });
      assert.deepEqual([logs, ...rest], statements(resource(untraced, ROLE_POLICY, name).inputs.policy));
    }
    assert.equal(resourcesOf(traced, FUNCTION).length, resourcesOf(untraced, FUNCTION).length);
  });

  it('is switched off unless it is set, because leaving it out would keep its last value', async () => {
    for (const { name, inputs } of resourcesOf(await declared('first'), FUNCTION)) {
      assert.deepEqual(inputs.tracingConfig, { mode: 'PassThrough' }, name);
    }
  });
});
