import * as pulumi from '@pulumi/pulumi';

/** What every resource that can be tagged carries: whose it is. */
export const tags = { project: pulumi.getProject(), stack: pulumi.getStack() };
