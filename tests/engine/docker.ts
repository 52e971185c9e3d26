// What the relay's image needs if nothing is built: a plug-in that replaces docker-build's, and a `docker`.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { ProjectCopy } from './stack';

/**
 * The tests of the relay run if a `pulumi-resource-docker-build` on the PATH replaces the real plug-in. The real one pushes
 * to AWS's own registry, whatever AWS_ENDPOINT_URL says.
 */
export function pushesToNobody(): boolean {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, 'pulumi-resource-docker-build')));
}

/** Makes the program find a `docker` whose engine answers, or does not. */
export function setDocker(project: ProjectCopy, engine: 'answers' | 'is down'): void {
  const folder = path.join(project.root, 'bin');
  const command = path.join(folder, 'docker');
  mkdirSync(folder, { recursive: true });
  const down = "echo 'Cannot connect to the Docker daemon' >&2; exit 1";
  writeFileSync(command, `#!/bin/sh\n${engine === 'answers' ? 'exit 0' : down}\n`);
  chmodSync(command, 0o755);
  project.environment.PATH = `${folder}${path.delimiter}${process.env.PATH}`;
}
