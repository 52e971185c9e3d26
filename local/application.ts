// What an application says of this machine: how `npm start`, the live page and `npm run verify` see that a message
// arrived, and what the local AWS must know for it.
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { CredentialProvider } from '@gomomento/sdk';
import type { Resource } from './aws/declared';
import type { AwsService } from './aws/endpoint';
import type { AccessKey } from './aws/sigv4';

/** A stack, as who reads from it may use it. */
export interface Access {
  /** Of a key that may read and write the cache. */
  readonly credentialProvider: CredentialProvider;
  readonly cacheName: string;
  readonly region: string;
  /** Of who reads. Rejects where there are none. */
  readonly credentials: () => Promise<AccessKey>;
  /** Where AWS is, on this machine; undefined for the real one. */
  readonly awsUrl?: string;
  /** The output `applicationOutputs`: what `declare` of the application's `infra.ts` told. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** What became of one message. */
export interface Entry {
  readonly userID: string;
  readonly text: string;
  /** When it was published. */
  readonly at: Date;
}

/** A message, as the terminal and the page show it. */
export interface Described {
  /** What it is about, as a course; what stands there can be read. */
  readonly place: string;
  readonly text: string;
  /** The words for the application's own step, as "stored in course 123". */
  readonly done: string;
}

/** The fields of a message, as they are published. */
export type Fields = Readonly<Record<string, unknown>>;

/** A service of AWS on this machine, for an application that calls one. */
export interface LocalService {
  readonly service: AwsService;
  /** Takes over what the program declares. */
  declare(resources: readonly Resource[]): Promise<void>;
  close(): Promise<void>;
}

/** What AWS would answer for a new resource: its id, and what the provider computes. */
export type MockedResource = (resource: {
  readonly name: string;
  /** The physical name, as Pulumi would make it. */
  readonly physical: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}) => { readonly id: string; readonly [property: string]: unknown };

export interface LocalApplication {
  /** What a message is about, as "course". */
  readonly placeName: string;
  /** What `npm start` publishes first, and the page has in its form. */
  readonly example: { readonly userId: string } & Fields;
  /** A message at a place of its own, for `npm run verify`; `mark` is different each time. */
  probe(mark: string): Fields;
  /** Throws where the message is not one of this application's. */
  describe(message: unknown): Described;
  /** What stands at a place, newest first, at most `limit`. Rejects where it cannot be read. */
  read(place: string, access: Access, limit: number): Promise<Entry[]>;
  /** Removes all that stands at a place. */
  remove(place: string, access: Access): Promise<void>;
  /** What answers here for AWS, beside Lambda, Secrets Manager and SQS. */
  startServices?(): Promise<LocalService[]>;
  /** By type, as `aws:dynamodb/table:Table`: the resources that it declares beside those of every stack. */
  readonly resources?: Readonly<Record<string, MockedResource>>;
}

export const DEFAULT_APPLICATION = 'application';

export function hasLocalHalf(project: string, folder: string): boolean {
  return existsSync(path.join(project, folder, 'local.ts'));
}

/** @param project the folder of the program; `folder` is relative to it */
export function loadApplication(project: string, folder = DEFAULT_APPLICATION): LocalApplication {
  const { local }: { local?: LocalApplication } = require(path.join(project, folder, 'local.ts'));
  if (local) return local;
  throw new Error(`${folder}/local.ts must export local, a LocalApplication of local/application.ts`);
}

/** The entry of a user with this text, where it stands. */
export function entryOf(userId: string, { text }: Described, entries: readonly Entry[]): Entry | undefined {
  return entries.find((one) => one.userID === userId && one.text === text);
}
