// Reads all that the program declares and checks it as AWS does, before any of it is applied.
import { type DeclaredHttpApi, readHttpApis } from '../aws/api-gateway/declared';
import { type DeclaredAws, type Resource, readDeclared } from '../aws/declared';
import { type DeclaredTask, readTasks } from '../aws/ecs/declared';
import { Identities } from '../aws/identities';
import { checkFunctions } from '../aws/lambda/host';
import {
  type DeclaredMapping,
  type DeclaredQueue,
  readMappings,
  readQueues,
} from '../aws/sqs/declared-queues';
import { checkMapping } from '../aws/sqs/event-source';

export interface DeclaredStack {
  readonly aws: DeclaredAws;
  readonly apis: readonly DeclaredHttpApi[];
  readonly queues: readonly DeclaredQueue[];
  readonly mappings: readonly DeclaredMapping[];
  readonly tasks: readonly DeclaredTask[];
  /** All declared resources, for other services. */
  readonly resources: readonly Resource[];
}

/** @param folder the program's; throws if AWS would refuse a resource, and names it */
export function readStack(resources: readonly Resource[], folder: string): DeclaredStack {
  const aws = readDeclared(resources);
  const apis = readHttpApis(resources);
  const queues = readQueues(resources);
  const mappings = readMappings(resources);
  const tasks = readTasks(resources, folder);

  checkFunctions(aws);
  for (const { name, functionName } of apis.flatMap(({ routes }) => routes)) {
    if (aws.functions.some((one) => one.name === functionName)) continue;
    throw new Error(`route ${name}: the program declares no function ${functionName}`);
  }
  const trial = new Identities();
  trial.assume(aws);
  trial.assumeTasks(tasks, aws.roles);
  for (const mapping of mappings) {
    const isDeclared = aws.functions.some(({ name }) => name === mapping.functionName);
    checkMapping(mapping, isDeclared ? trial.ofFunction(mapping.functionName) : undefined);
    if (queues.some(({ arn }) => arn === mapping.queueArn)) continue;
    throw new Error(
      `event source mapping ${mapping.name}: the program declares no queue ${mapping.queueArn}`,
    );
  }
  return { aws, apis, queues, mappings, tasks, resources };
}
