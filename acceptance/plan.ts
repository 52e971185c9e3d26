// What a run makes and costs, printed before it begins.

/** The limit of a whole run. It then stops deciding, and removes everything. */
export const MINUTES = 50;

export interface Place {
  readonly stack: string;
  readonly project: string;
  readonly account: string;
  readonly caller: string;
  readonly region: string;
  readonly cacheName: string;
}

export function plan({ stack, project, account, caller, region, cacheName }: Place): string {
  return `In the AWS account ${account} (region ${region}), as ${caller}, this makes and later removes:

  the stack ${stack} of ${project}: 4 Lambda functions with public or IAM-guarded URLs, then an HTTP API, 2 queues, 2 secrets,
    their roles, log groups and alarms, and a dashboard
  if Docker runs: the relay, one task on ECS Fargate (0.25 vCPU, 512 MiB) with a public address, its cluster and image
  a role without permissions, for calls that must be denied
  the cache ${cacheName} in Momento, which the run deletes and makes again

It sends a few hundred requests and takes up to ${MINUTES} minutes, plus the time to remove everything. AWS bills about 0.10 USD,
most of it for the task, the alarms and the custom metrics per hour. Beyond CloudWatch's free tier it also bills the
dashboard for the time that the stack exists (3 USD per month).`;
}
