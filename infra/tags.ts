import * as pulumi from '@pulumi/pulumi';

/** The tags of every resource that can be tagged: its project and stack. */
export const tags = { project: pulumi.getProject(), stack: pulumi.getStack() };

/** The CloudWatch namespace of the functions' own metrics; each metric carries its function's name as `service`. */
export const metricsNamespace = `${tags.project}/${tags.stack}`;
