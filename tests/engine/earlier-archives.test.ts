// A stack whose functions have the archives of an earlier version: one CommonJS file, `index.js`.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { LEGACY_KEY } from '../program/declared';
import { ProjectCopy, type Update } from './stack';

const MAKES_ARCHIVE = 'return new pulumi.asset.AssetArchive(Object.fromEntries(assets));';
const EARLIER = `return new pulumi.asset.AssetArchive({
  'index.js': new pulumi.asset.StringAsset('exports.handler = async () => ' + name.length),
});`;

describe('a stack with the archives of an earlier version', () => {
  let project: ProjectCopy;
  let update: Update;

  before(async function () {
    this.timeout(1_200_000);
    project = new ProjectCopy();
    const file = path.join(project.folder, 'infra/bundle.ts');
    const bundling = readFileSync(file, 'utf8');
    const stack = await project.stack('archives');
    await stack.setSecret('momentoApiKey', LEGACY_KEY);
    assert(bundling.includes(MAKES_ARCHIVE));
    writeFileSync(file, bundling.replace(MAKES_ARCHIVE, EARLIER));
    await stack.up();
    writeFileSync(file, bundling);
    update = await stack.up();
    await stack.destroy();
  });

  after(() => project?.remove());

  it('is updated in place, its functions alone', () => {
    const steps = update.steps.map(({ op, type, name }) => `${op} ${type} ${name}`).sort();
    assert.deepEqual(
      steps,
      ['publisher', 'redrive', 'tokens', 'webhook'].map(
        (name) => `update aws:lambda/function:Function ${name}`,
      ),
    );
  });
});
