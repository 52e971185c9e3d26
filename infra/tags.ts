import * as pulumi from '@pulumi/pulumi';

/** What every resource that can be tagged carries: whose it is. */
export const tags = { project: pulumi.getProject(), stack: pulumi.getStack() };

/** Where the functions' own metrics stand in CloudWatch; each metric carries its function's name as `service`. */
export const metricsNamespace = `${tags.project}/${tags.stack}`;
