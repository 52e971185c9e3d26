import assert from 'node:assert/strict';
import { declared, LEGACY_KEY, resourcesOf, SIGNING_SECRET, V2_KEY } from './declared';

const SECRET_VERSION = 'aws:secretsmanager/secretVersion:SecretVersion';

describe('the secrets', () => {
  it('get the values of the configuration', async () => {
    const values = resourcesOf(await declared('full'), SECRET_VERSION).map(({ name, inputs }) => [
      name,
      inputs.secretString,
    ]);
    assert.deepEqual(values, [
      ['api-key', V2_KEY],
      ['signing-secret', SIGNING_SECRET],
    ]);
  });

  it('are marked secret where they are handed over, and stand nowhere else', async () => {
    for (const [name, values] of Object.entries({
      first: [LEGACY_KEY, 'legacy-key-of-the-tests'],
      full: [V2_KEY, SIGNING_SECRET],
    })) {
      const stack = await declared(name === 'first' ? 'first' : 'full');
      for (const resource of stack.resources) {
        const { secretString, ...inputs } = resource.inputs;
        if (resource.type === SECRET_VERSION) assert.deepEqual(resource.secretInputs, ['secretString']);
        else assert.equal(secretString, undefined);
        for (const value of values) {
          // Environments, archives and policies are inputs too.
          assert(!JSON.stringify(inputs).includes(value), `${resource.type} ${resource.name} holds a secret`);
        }
      }
      for (const value of values) {
        assert(!JSON.stringify([stack.outputs, stack.messages]).includes(value));
      }
      assert.deepEqual(stack.secretOutputs, []);
    }
  });

  it('mark nothing secret but their values', async () => {
    for (const { type, secretInputs } of (await declared('full')).resources) {
      assert.deepEqual(secretInputs, type === SECRET_VERSION ? ['secretString'] : []);
    }
  });

  it('are gone at once when the stack is destroyed', async () => {
    for (const { inputs } of resourcesOf(await declared('full'), 'aws:secretsmanager/secret:Secret')) {
      assert.equal(inputs.recoveryWindowInDays, 0);
    }
  });
});
