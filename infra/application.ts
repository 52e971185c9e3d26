// An application's part of the infrastructure: its settings, and what it needs besides what every stack has. The setting
// `application` names its folder.
import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Rule, Settings } from './settings';

export const DEFAULT_APPLICATION = 'application';

/** The files of an application. Its folder may contain others. */
const PARTS = ['message.ts', 'handler.ts', 'infra.ts', 'local.ts'];

/** Where to look for applications, to list them in an error. */
const EXAMPLES = 'examples';
const PROJECT = path.resolve(__dirname, '..');

/** What the webhook and the redrive need for the application. Both handle events in the same way. */
export interface Needs {
  /** Their environment variables. The names of the program's own (see `infra/environment.ts`) are reserved. */
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The permissions of their roles, besides those that every stack needs. */
  readonly statements?: readonly aws.iam.PolicyStatement[];
  /** What a reader of the stack must know, such as the name of a table: the output `applicationOutputs`. No secrets. */
  readonly outputs?: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface ApplicationInfra<Config> {
  /** Reads the application's own settings. The methods of `settings` report all mistakes in one error. */
  configure(settings: Settings): Config;
  /** Creates the application's resources, if any, and returns what the functions need to use them. */
  declare(config: Config): Needs;
}

/** Reads the settings. Returns a function that creates the resources once all settings are known to be right. */
export type LoadedInfra = (settings: Settings) => () => Declared;

/** What an application needs: only the outputs are optional. */
export type Declared = Required<Pick<Needs, 'environment' | 'statements'>> & Pick<Needs, 'outputs'>;

/** What an application's `infra.ts` exports as `infra`. */
export function applicationInfra<Config>({ configure, declare }: ApplicationInfra<Config>): LoadedInfra {
  return (settings) => {
    const config = configure(settings);
    return () => ({ environment: {}, statements: [], ...declare(config) });
  };
}

/** The folder of an application, relative to the project, such as `examples/NAME`. */
export const applicationFolder: Rule<string> = {
  parse: (given) => (isApplication(given) ? given : undefined),
  get allowed() {
    return `a folder of this project with ${PARTS.join(', ')}: ${applications().join(', ')}`;
  },
};

/** Loads an application's `infra.ts`. Its code runs in the Pulumi program. */
export function loadInfra(folder: string): LoadedInfra {
  const { infra }: { infra?: unknown } = require(path.join(PROJECT, folder, 'infra.ts'));
  if (typeof infra !== 'function') {
    throw new Error(`${folder}/infra.ts must export infra, made by applicationInfra of infra/application.ts`);
  }
  return (settings) => infra(settings);
}

function isApplication(folder: string): boolean {
  const isInside = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(folder);
  return isInside && PARTS.every((part) => existsSync(path.join(PROJECT, folder, part)));
}

function applications(): string[] {
  const examples = path.join(PROJECT, EXAMPLES);
  const names = existsSync(examples) ? readdirSync(examples).map((name) => `${EXAMPLES}/${name}`) : [];
  return [DEFAULT_APPLICATION, ...names.sort()].filter(isApplication);
}
