// A relay that an earlier version of this project deployed, whose image Crosswalk built.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { everything } from './cloud';
import { isPushed, runningRelay } from './containers';
import { pushesToNobody, setDocker } from './docker';
import { ProjectCopy, type Update } from './stack';

const PROJECT = path.resolve(__dirname, '../..');
const IMAGE = 'docker-build:index:Image';

describe('a relay that an earlier version deployed', () => {
  let project: ProjectCopy;
  let untouched: string[];
  let earlier: Awaited<ReturnType<typeof runningRelay>>;
  let update: Update;
  let now: Awaited<ReturnType<typeof runningRelay>>;
  let isThere: boolean;
  let again: Update;
  let left: string[];

  before(async function () {
    if (!pushesToNobody()) this.skip();
    this.timeout(600_000);
    project = new ProjectCopy();
    setDocker(project, 'answers');
    untouched = await everything();
    const stack = await project.stack('earlier');
    await stack.setSecret('momentoApiKey', makeLegacyKey());
    await stack.setSecret('signingSecret', 'signing-secret-of-the-engine-suite');
    await stack.set('delivery', 'relay');

    const dockerfile = path.join(project.folder, 'Dockerfile');
    const text = readFileSync(dockerfile, 'utf8');
    writeFileSync(dockerfile, text.replace('--chmod=0644 ', ''));
    const image = path.join(project.folder, 'infra/relay-image.ts');
    cpSync(path.join(__dirname, 'relay-image.earlier.js'), image);
    await stack.up();
    earlier = await runningRelay();

    writeFileSync(dockerfile, text);
    cpSync(path.join(PROJECT, 'infra/relay-image.ts'), image);
    update = await stack.up();
    now = await runningRelay();
    isThere = await isPushed(now?.image ?? '');
    again = await stack.up();
    await stack.destroy();
    left = await everything();
  });

  after(() => project?.remove());

  it('gets its image from docker-build itself, and stays the same service', () => {
    assert(earlier && now);
    const images = update.steps.filter(({ type }) => type === IMAGE);
    assert.deepEqual(images.map(({ op, name }) => [op, name === 'relay']).sort(), [
      ['create', true],
      ['delete', false],
    ]);
    assert.notEqual(now.image, earlier.image);
    assert.equal(now.service.serviceArn, earlier.service.serviceArn);
  });

  it('runs an image that still exists after the earlier one is deleted', () => {
    assert(isThere);
  });

  it('does not change on the next up, and leaves nothing behind', () => {
    assert.deepEqual(again.steps, []);
    assert.deepEqual(left, untouched);
  });
});
