// An application's part of the local stack: how `npm start`, the live page and `npm run verify` see that a message
// arrived, and what the local AWS needs for it.
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { CredentialProvider } from '@gomomento/sdk';
import type { Resource } from './aws/declared';
import type { AwsService } from './aws/endpoint';
import type { AccessKey } from './aws/sigv4';

/** Access to a stack for reading. */
export interface Access {
  /** For a key that may read and write the cache. */
  readonly credentialProvider: CredentialProvider;
  readonly cacheName: string;
  readonly region: string;
  /** The reader's AWS credentials. Rejects if there are none. */
  readonly credentials: () => Promise<AccessKey>;
  /** The address of the local AWS; undefined for the real one. */
  readonly awsUrl?: string;
  /** The output `applicationOutputs`: what `declare` of the application's `infra.ts` returned. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** One message that the application handled. */
export interface Entry {
  readonly userID: string;
  readonly text: string;
  /** What the user wrote, if the application changed it to `text`, for example by translating it. */
  readonly original?: string;
  /** The time of its publication. */
  readonly at: Date;
}

/** A message in the form that the terminal and the page show. */
export interface Described {
  /** What it belongs to, such as a course; the messages there can be read. */
  readonly place: string;
  readonly text: string;
  /** The words for the application's own step, such as "stored in course 123". */
  readonly done: string;
}

/** The fields of a message as published. */
export type Fields = Readonly<Record<string, unknown>>;

/** An AWS service on this machine, for an application that calls one. */
export interface LocalService {
  readonly service: AwsService;
  /** Applies what the program declares. */
  declare(resources: readonly Resource[]): Promise<void>;
  close(): Promise<void>;
}

/** What AWS would answer for a new resource: its id, and its computed properties. */
export type MockedResource = (resource: {
  readonly name: string;
  /** The physical name that Pulumi would make. */
  readonly physical: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}) => { readonly id: string; readonly [property: string]: unknown };

/** A site of plain files that an application brings for its users. */
export interface StaticSite {
  /** What it is called in the terminal, such as "chat". */
  readonly name: string;
  /** Its files, without subfolders. Its scripts import Momento's web SDK from `./web-sdk.js`, which is bundled for it. */
  readonly folder: string;
}

export interface LocalApplication {
  /** The word for what a message belongs to, such as "course". */
  readonly placeName: string;
  /** The message that `npm start` publishes first, and that fills the page's form. */
  readonly example: { readonly userId: string } & Fields;
  /** The operation that the page makes fail, and the name of what is then down. */
  readonly store: { readonly name: string; readonly operation: string };
  /** A message at a place that nothing else uses, for `npm run verify`; `mark` is different each time. */
  probe(mark: string): Fields;
  /** Throws if the message is not one of this application's. */
  describe(message: unknown): Described;
  /** The messages at a place, newest first, at most `limit`. Rejects if they cannot be read. */
  read(place: string, access: Access, limit: number): Promise<Entry[]>;
  /** Removes all messages at a place. */
  remove(place: string, access: Access): Promise<void>;
  /** The local AWS services besides Lambda, Secrets Manager and SQS. */
  startServices?(): Promise<LocalService[]>;
  /** By type, such as `aws:dynamodb/table:Table`: the resources that the application adds to every stack's. */
  readonly resources?: Readonly<Record<string, MockedResource>>;
  /** Hosted by `npm start`, with a stand-in for its backend's sign-in. */
  readonly site?: StaticSite;
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

/** The user's entry with this text, if there is one. */
export function entryOf(userId: string, { text }: Described, entries: readonly Entry[]): Entry | undefined {
  return entries.find((one) => one.userID === userId && (one.original ?? one.text) === text);
}
