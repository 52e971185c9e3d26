// The actions of the page's buttons: each takes what the page sent and returns the answer.

import type { FaultPlan } from 'local-momento/faults';
import * as v from 'valibot';
import { isBlank } from '../../handlers/core/message-fields';
import type { Entry, Fields } from '../application';
import { signedPost } from '../commands/signed-fetch';
import type { Stack } from '../stack';
import { ATTACKS, attack } from './attacks';
import type { Journeys } from './journeys';
import { planFor, TROUBLES, type Trouble } from './troubles';

/** Its message is shown to the user of the page. */
export class WrongInput extends Error {
  override readonly name = 'WrongInput';
}

export type Action = (input: unknown) => Promise<object>;

/** The messages at a place. */
export interface Shown {
  readonly entries: readonly Entry[];
}

const SHOWN_ENTRIES = 50;
/** The longest wait of a message in the queue between two tries. */
const LONGEST_WAIT_MS = 900_000;

const place = v.pipe(
  v.string(),
  v.check((name) => !isBlank(name), 'a place needs a name'),
);
const publication = v.looseObject({ userId: v.string() });
const message = v.record(v.string(), v.unknown());
const chosenAttack = v.object({ attack: v.picklist(ATTACKS), message });
const chosenTrouble = v.object({ trouble: v.picklist(TROUBLES) });

interface ActedOn {
  readonly stack: Stack;
  readonly journeys: Journeys;
  readonly faults: FaultPlan | undefined;
}

/** @param onTrouble is called with the new trouble */
export function actionsOn({ stack, journeys, faults }: ActedOn, onTrouble: (trouble: Trouble) => void) {
  const { outputs, credentials, region, cacheName, topicName, application, access } = stack;
  const { SIGNING_SECRET_ARN = '' } = stack.functionNamed('webhookFunctionName').environment;

  const readPlace = async (given: string): Promise<Shown> => ({
    entries: await application.read(v.parse(place, given), access, SHOWN_ENTRIES),
  });
  const target = {
    webhookUrl: String(outputs.webhookUrl),
    publisherUrl: String(outputs.publisherUrl),
    cacheName,
    topicName,
    signingSecret: () => stack.secrets.currentText(SIGNING_SECRET_ARN),
    count: async (fields: Fields) =>
      (await application.read(application.describe(fields).place, access, 10_000)).length,
  };

  const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
    [
      '/api/publish',
      async (input) => {
        const given = v.parse(publication, input);
        const { userId, ...fields } = given;
        const journey = journeys.begin(userId, journeys.read(fields));
        const response = await signedPost(target.publisherUrl, {
          credentials,
          region,
          body: JSON.stringify(given),
        });
        const { message = '' } = v.parse(
          v.object({ message: v.optional(v.string()) }),
          await response.json(),
        );
        const requestId = response.headers.get('x-request-id') ?? undefined;
        journeys.answered(journey, response.status, requestId, message);
        return { status: response.status, requestId, message, place: journey.place };
      },
    ],
    [
      '/api/attack',
      async (input) => {
        const { attack: name, message: fields } = v.parse(chosenAttack, input);
        return attack(name, fields, target);
      },
    ],
    [
      '/api/trouble',
      async (input) => {
        const { trouble } = v.parse(chosenTrouble, input);
        stack.setFaults(planFor(trouble, application.store.operation, faults));
        onTrouble(trouble);
        return { trouble };
      },
    ],
    [
      '/api/hurry',
      async () => {
        stack.sqs.hurry(LONGEST_WAIT_MS);
        return {};
      },
    ],
  ]);
  return { actions, readPlace };
}
