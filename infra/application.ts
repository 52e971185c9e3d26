// What an application says of AWS: its settings, and what it needs beside what every stack has. The setting `application`
// names the folder that says it.
import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Rule, Settings } from './settings';

export const DEFAULT_APPLICATION = 'application';

/** What an application consists of; beside them a folder may hold anything. */
const PARTS = ['message.ts', 'handler.ts', 'infra.ts', 'local.ts'];

/** Where applications are looked for, for the error that names them. */
const EXAMPLES = 'examples';
const PROJECT = path.resolve(__dirname, '..');

/** What the webhook and the redrive need for it: they do the same with an event. */
export interface Needs {
  /** Variables of their environment. The names of the program's own (see `infra/environment.ts`) are taken. */
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** What their roles may do beside what every stack needs. */
  readonly statements?: readonly aws.iam.PolicyStatement[];
  /** What a reader of the stack must know, as the name of a table: the output `application`. No secrets. */
  readonly outputs?: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface ApplicationInfra<Config> {
  /** Reads the application's own settings. Mistakes stand in the one error for all: use the methods of `settings`. */
  configure(settings: Settings): Config;
  /** Makes the resources that the application needs, if any, and says what to do with them. */
  declare(config: Config): Needs;
}

/** Reads the settings, and gives what makes the resources once all settings are known to be right. */
export type LoadedInfra = (settings: Settings) => () => Declared;

/** What an application needs, with nothing left out but the outputs. */
export type Declared = Required<Pick<Needs, 'environment' | 'statements'>> & Pick<Needs, 'outputs'>;

/** What an application's `infra.ts` exports as `infra`. */
export function applicationInfra<Config>({ configure, declare }: ApplicationInfra<Config>): LoadedInfra {
  return (settings) => {
    const config = configure(settings);
    return () => ({ environment: {}, statements: [], ...declare(config) });
  };
}

/** The folder of an application, relative to the project, as `examples/NAME`. */
export const applicationFolder: Rule<string> = {
  parse: (given) => (isApplication(given) ? given : undefined),
  get allowed() {
    return `a folder of this project with ${PARTS.join(', ')}: ${applications().join(', ')}`;
  },
};

/** Loads what an application says of AWS: its code runs here, in the program. */
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
