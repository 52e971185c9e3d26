// The code behind the Momento resources. It runs in a process of its own, which storedProvider() starts from; the program
// never loads it. Whatever an earlier version stored comes in here, so each method parses what it is given.
import type * as pulumi from '@pulumi/pulumi';
import { cacheProvider } from './cache';
import { webhookProvider } from './webhook';

export type Provider = Required<Omit<pulumi.dynamic.ResourceProvider<unknown, unknown>, 'configure'>>;

export const cache: Provider = cacheProvider;
export const webhook: Provider = webhookProvider;
