// What a machine needs to build the relay's image, asked of a `docker` that answers like the real one.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { checkDocker } from '../../infra/docker';

const NO_ENGINE =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';

describe('Docker, which builds the image of the relay', () => {
  const { PATH, DOCKER_HOST } = process.env;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'docker-'));
    process.env.PATH = folder;
    delete process.env.DOCKER_HOST;
  });

  afterEach(() => {
    Object.assign(process.env, { PATH }, DOCKER_HOST === undefined ? {} : { DOCKER_HOST });
    rmSync(folder, { recursive: true });
  });

  /** Puts a `docker` on the PATH that succeeds only with commands that begin with one of these words. */
  function docker(...answers: readonly string[]): void {
    const file = path.join(folder, 'docker');
    const cases = answers.map((word) => `${word}) exit 0;;`).join(' ');
    writeFileSync(file, `#!/bin/sh\ncase "$1" in ${cases} *) echo '${NO_ENGINE}' >&2; exit 1;; esac\n`);
    chmodSync(file, 0o755);
  }

  function refusal(): string {
    try {
      checkDocker();
    } catch (error) {
      assert(pulumi.RunError.isInstance(error), 'the engine shows it without a stack');
      return error.message;
    }
    return assert.fail('it is not refused');
  }

  it('is enough if its engine answers', () => {
    docker('version');
    checkDocker();
  });

  it('is enough if a remote builder does, without an engine', () => {
    docker('buildx');
    checkDocker();
  });

  it('is refused if neither does, with Docker’s own message', () => {
    docker();
    assert.equal(
      refusal(),
      `The relay runs from an image, which cannot be built: Docker does not answer. Start it and try again. It says: ${NO_ENGINE}`,
    );
  });

  it('is reported as missing if there is no docker on the PATH, with what to do', () => {
    assert.match(refusal(), /there is no docker on the PATH\. Install Docker \(https:.*set DOCKER_HOST/);
  });

  it('needs no docker on the PATH if DOCKER_HOST names its engine', () => {
    process.env.DOCKER_HOST = 'tcp://docker:2375';
    checkDocker();
  });
});
