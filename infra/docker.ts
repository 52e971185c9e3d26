// Checks whether an image can be built on this machine.
import { spawnSync } from 'node:child_process';
import * as pulumi from '@pulumi/pulumi';

/** In milliseconds: a remote engine may be slow, or gone. */
const PATIENCE = 30_000;

/**
 * Throws a RunError that says what is missing if docker-build cannot build an image. It needs a Docker engine or a remote
 * buildx builder, but not Docker's command: without the command, DOCKER_HOST is trusted.
 */
export function checkDocker(): void {
  const version = docker('version');
  if (version.status === 0) return;
  if (version.error && 'code' in version.error && version.error.code === 'ENOENT') {
    if (process.env.DOCKER_HOST) return;
    throw noDocker(
      'there is no docker on the PATH. Install Docker (https://docs.docker.com/get-started/get-docker/), or set ' +
        'DOCKER_HOST to the address of an engine.',
    );
  }
  if (docker('buildx', 'inspect', '--bootstrap').status === 0) return;
  const said = version.stderr?.trim() || version.error?.message;
  throw noDocker(`Docker does not answer. Start it and try again. It says: ${said}`);
}

function docker(...args: string[]) {
  return spawnSync('docker', args, { encoding: 'utf8', timeout: PATIENCE });
}

function noDocker(why: string): pulumi.RunError {
  return new pulumi.RunError(`The relay runs from an image, which cannot be built: ${why}`);
}
