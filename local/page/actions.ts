// The actions of the page's buttons: each takes what the page sent and returns the answer.

import type { FaultPlan } from 'local-momento';
import * as v from 'valibot';
import { isBlank } from '../../handlers/core/message-fields';
import type { Entry, Fields } from '../application';
import { signedPost } from '../commands/signed-fetch';
import type { Stack } from '../stack';
import { ATTACKS, attack } from './attacks';
import { Burst } from './burst';
import type { DeadLetters } from './dead-letters';
import type { PublisherAnswer } from './journey';
import type { Journeys } from './journeys';
import { RELAY_TROUBLES, type RelayWatch } from './relay';
import { planFor, TROUBLES, type Trouble } from './troubles';
import { inWords } from './words';

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
const chosenRelayTrouble = v.object({ trouble: v.picklist(RELAY_TROUBLES) });
const burstOf = v.object({ message });
const tokenFor = v.object({ userId: v.string(), message });
/** A function's own has `message`, and so has API Gateway's; a Function URL's has `Message`. */
const refusal = v.object({ message: v.optional(v.string()), Message: v.optional(v.string()) });
const sentBack = v.object({ journey: v.optional(v.number()) });

interface ActedOn {
  readonly stack: Stack;
  readonly journeys: Journeys;
  readonly deadLetters: DeadLetters;
  readonly relay: RelayWatch;
  readonly faults: FaultPlan | undefined;
}

/** @param onTrouble is called with the new trouble */
export function actionsOn(
  { stack, journeys, deadLetters, relay, faults }: ActedOn,
  onTrouble: (trouble: Trouble) => void,
) {
  const { outputs, cacheName, topicName, application, access } = stack;
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
  const publish = (body: object) => publishThrough(stack, body);
  const burst = new Burst(journeys, publish);

  const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
    [
      '/api/publish',
      async (input) => {
        const given = v.parse(publication, input);
        const { userId, ...fields } = given;
        const journey = journeys.begin(userId, journeys.read(fields));
        const answer = await publish(given);
        journeys.answered(journey, answer);
        return { ...answer, place: journey.place };
      },
    ],
    [
      '/api/token',
      async (input) => {
        const { userId, message: fields } = v.parse(tokenFor, input);
        // An application may vend tokens for a place, such as a language.
        const wish = { [application.placeName]: journeys.read(fields).place, ...fields, userId };
        const { status, body } = await asBackend(stack, outputs.tokensUrl, wish);
        if (status === 200) return body;
        throw new WrongInput(`the token service answered ${status}: ${reasonIn(body)}`);
      },
    ],
    [
      '/api/burst',
      async (input) => {
        const { message: fields } = v.parse(burstOf, input);
        if (burst.isPublishing) throw new WrongInput('a burst is already being published');
        burst.start(fields, Object.keys(application.example).at(-1) ?? '');
        return {};
      },
    ],
    [
      '/api/attack',
      async (input) => {
        const { attack: name, message: fields } = v.parse(chosenAttack, input);
        const report = await attack(name, fields, target);
        const { verdict, station, status, ms } = report;
        const text = `${verdict === 'refused' ? 'refused with' : 'answered'} ${status} in ${inWords(ms)}`;
        const after = { refused: undefined, harmless: 'changed nothing', succeeded: 'got through' }[verdict];
        journeys.attacked(journeys.read(fields), { name, verdict, ms }, { station, text, after });
        return report;
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
    [
      '/api/send-back',
      async (input) => {
        deadLetters.sendBack(v.parse(sentBack, input).journey);
        return {};
      },
    ],
    [
      '/api/relay',
      async (input) => {
        if (!stack.relay) throw new WrongInput('this stack has no relay');
        await relay.make(v.parse(chosenRelayTrouble, input).trouble);
        return {};
      },
    ],
  ]);
  return { actions, readPlace, burst };
}

/** Publishes as a backend does. Rejects if the publisher is out of reach. */
async function publishThrough(stack: Stack, message: object): Promise<PublisherAnswer> {
  const started = performance.now();
  const { status, body, requestId } = await asBackend(stack, stack.outputs.publisherUrl, message);
  const ms = performance.now() - started;
  return { status, message: reasonIn(body), ms, ...(requestId && { requestId }) };
}

async function asBackend(
  { credentials, signingName: service, region }: Stack,
  url: unknown,
  message: object,
) {
  const body = JSON.stringify(message);
  const response = await signedPost(String(url), { service, credentials, region, body });
  return {
    status: response.status,
    body: fieldsOf(await response.text()),
    requestId: response.headers.get('x-request-id') ?? undefined,
  };
}

/** Why a request was refused, in the words of what refused it. */
function reasonIn(body: object): string {
  const { message, Message = '' } = v.parse(refusal, body);
  return message ?? Message;
}

/** An answer's fields. One that is not JSON, as of a function that failed, is a message. */
function fieldsOf(text: string): object {
  try {
    return v.parse(v.looseObject({}), JSON.parse(text));
  } catch {
    return { message: text };
  }
}
