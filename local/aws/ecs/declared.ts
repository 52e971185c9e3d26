// The tasks of the ECS services that the program declares, with the file in their image.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Resource, read } from '../declared';

export interface DeclaredTask {
  readonly name: string;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The file that Node.js runs: the only one in the image. */
  readonly code: string;
  readonly args: readonly string[];
}

const imageShape = v.object({ digest: v.string(), context: v.object({ location: v.string() }) });
const serviceShape = v.object({
  taskDefinitionArgs: v.object({
    taskRole: v.object({ roleArn: v.string() }),
    container: v.object({
      name: v.string(),
      image: v.string(),
      environment: v.array(v.object({ name: v.string(), value: v.string() })),
    }),
  }),
});

/** @param folder the program's; throws if the image does not run a single file on Node.js */
export function readTasks(resources: readonly Resource[], folder: string): DeclaredTask[] {
  const images = read(resources, 'docker-build:index:Image', imageShape).map(({ value }) => value);
  return read(resources, 'awsx:ecs:FargateService', serviceShape).map(({ value }) => {
    const { container, taskRole } = value.taskDefinitionArgs;
    const image = images.find(({ digest }) => container.image.endsWith(`@${digest}`));
    if (!image) throw new Error(`task ${container.name}: the program declares no image ${container.image}`);
    const context = join(folder, image.context.location);
    const { file, args } = contentOf(readFileSync(join(context, 'Dockerfile'), 'utf8'));
    return {
      name: container.name,
      roleArn: taskRole.roleArn,
      environment: Object.fromEntries(container.environment.map((one) => [one.name, one.value])),
      code: readFileSync(join(context, file), 'utf8'),
      args,
    };
  });
}

/** The one file that a Dockerfile copies, and the arguments with which Node.js runs it. */
function contentOf(dockerfile: string): { file: string; args: string[] } {
  const [, file, name] = /^COPY (?:--chmod=\S+ )?(\S+) (\S+)$/m.exec(dockerfile) ?? [];
  const command = v.safeParse(
    v.pipe(v.string(), v.parseJson(), v.array(v.string())),
    /^CMD (\[.*\])$/m.exec(dockerfile)?.[1],
  );
  const [node, entry, ...args] = command.success ? command.output : [];
  if (!file || node !== 'node' || entry !== name) {
    throw new Error('the Dockerfile does not copy one file and run it with Node.js');
  }
  return { file, args };
}
