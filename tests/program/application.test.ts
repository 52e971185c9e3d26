// What an application may not do to the program.
import assert from 'node:assert/strict';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateProgram, ProgramError } from '../../local/program';
import { copyProgram } from '../copy';
import { LEGACY_KEY } from './declared';

const INFRA = `import { applicationInfra } from '../infra/application';
export const infra = applicationInfra({
  configure: () => undefined,
  declare: () => ({ environment: { CACHE_NAME: 'another', MINE: 'mine' } }),
});
`;

describe('an application', () => {
  it('may not set a variable of the environment that the program sets itself', async () => {
    const folder = copyProgram('.bundles');
    try {
      cpSync(join(folder, 'application'), join(folder, 'mine'), { recursive: true });
      writeFileSync(join(folder, 'mine/infra.ts'), INFRA);
      const refused = evaluateProgram({
        folder,
        config: { application: 'mine' },
        secrets: { momentoApiKey: LEGACY_KEY },
      });
      await assert.rejects(refused, (error) => {
        assert(error instanceof ProgramError);
        assert.equal(
          error.message,
          "The application's infra.ts sets CACHE_NAME, which the program sets itself.",
        );
        return true;
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
