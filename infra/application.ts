// An application's part of the infrastructure: its settings, and what it needs besides what every stack has. The setting
// `application` names its folder.
import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Rule, Settings } from './settings';

export const DEFAULT_APPLICATION = 'application';

/** The files of an application. Its folder may contain others. */
const PARTS = ['message.ts', 'handler.ts', 'tokens.ts', 'infra.ts', 'local.ts'];

/** Where to look for applications, to list them in an error. */
const EXAMPLES = 'examples';
const PROJECT = path.resolve(__dirname, '..');

export type Variables = Readonly<Record<string, pulumi.Input<string>>>;

/** What the functions need for the application. The webhook and the redrive handle events in the same way. */
export interface Needs {
  /** The environment variables of these two. The names of the program's own (see `infra/environment.ts`) are reserved. */
  readonly environment?: Variables;
  /** The environment variables of the token service. The same names are reserved. */
  readonly tokenEnvironment?: Variables;
  /** The permissions of the roles of the webhook and the redrive, besides those that every stack needs. */
  readonly statements?: readonly aws.iam.PolicyStatement[];
  /** What a reader of the stack must know, such as the name of a table: the output `applicationOutputs`. No secrets. */
  readonly outputs?: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface ApplicationInfra<Config> {
  /** The default of the setting `topicName`, if the application has another one than `comment`. */
  readonly topicName?: string;
  /** Reads the application's own settings. The methods of `settings` report all mistakes in one error. */
  configure(settings: Settings): Config;
  /** Creates the application's resources, if any, and returns what the functions need to use them. */
  declare(config: Config): Needs;
}

/** What an application's `infra.ts` exports as `infra`. */
export interface LoadedInfra {
  readonly topicName: string;
  /** Reads the settings. Returns a function that creates the resources once all settings are known to be right. */
  readonly load: (settings: Settings) => () => Declared;
}

/** What an application needs: only the outputs are optional. */
export type Declared = Required<Omit<Needs, 'outputs'>> & Pick<Needs, 'outputs'>;

export function applicationInfra<Config>({
  topicName = 'comment',
  configure,
  declare,
}: ApplicationInfra<Config>): LoadedInfra {
  return {
    topicName,
    load(settings) {
      const config = configure(settings);
      return () => ({ environment: {}, tokenEnvironment: {}, statements: [], ...declare(config) });
    },
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
  const { infra }: { infra?: Partial<LoadedInfra> } = require(path.join(PROJECT, folder, 'infra.ts'));
  const { topicName, load } = Object(infra);
  if (typeof topicName !== 'string' || typeof load !== 'function') {
    throw new Error(`${folder}/infra.ts must export infra, made by applicationInfra of infra/application.ts`);
  }
  return { topicName, load };
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
