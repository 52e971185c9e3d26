// The code behind the Momento resources. It runs in a process of its own, loaded by storedProvider(); the program never loads
// it. Its arguments may have been stored by an earlier version, so each method parses them.
import type * as pulumi from '@pulumi/pulumi';
import { cacheProvider } from './cache';
import { webhookProvider } from './webhook';

export type Provider = Required<Omit<pulumi.dynamic.ResourceProvider<unknown, unknown>, 'configure'>>;

export const cache: Provider = cacheProvider;
export const webhook: Provider = webhookProvider;
