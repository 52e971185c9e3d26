// What the page's buttons do: each takes what the page sent and gives what to answer.
import * as v from 'valibot';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import { type Comment, readComments } from '../comments';
import type { FaultPlan } from '../faults';
import { signedPost } from '../signed-fetch';
import type { Stack } from '../stack';
import { ATTACKS, attack } from './attacks';
import type { Journeys } from './journeys';
import { planFor, TROUBLES, type Trouble } from './troubles';

/** The message is for the user of the page. */
export class WrongInput extends Error {
  override readonly name = 'WrongInput';
}

export type Action = (input: unknown) => Promise<object>;

export interface Course {
  readonly comments: readonly Comment[];
}

const SHOWN_COMMENTS = 50;
/** The longest that a message waits in the queue between two tries. */
const LONGEST_WAIT_MS = 900_000;

const courseId = v.pipe(v.string(), v.minLength(1, 'a course needs a name'));
const publication = v.object({ userId: v.string(), courseId, comment: v.string() });
const chosenAttack = v.object({ attack: v.picklist(ATTACKS), courseId });
const chosenTrouble = v.object({ trouble: v.picklist(TROUBLES) });

interface ActedOn {
  readonly stack: Stack;
  readonly journeys: Journeys;
  readonly faults: FaultPlan | undefined;
}

/** @param onTrouble is told which trouble holds from now on */
export function actionsOn({ stack, journeys, faults }: ActedOn, onTrouble: (trouble: Trouble) => void) {
  const { outputs, credentials, region, cacheName, topicName } = stack;
  const credentialProvider = apiKeyCredentials(stack.apiKey, { local: localMomento(stack.momento.url) });
  const { SIGNING_SECRET_ARN = '' } = stack.functionNamed('webhookFunctionName').environment;

  const readCourse = async (id: string): Promise<Course> => ({
    comments: await readComments(v.parse(courseId, id), {
      credentialProvider,
      cacheName,
      limit: SHOWN_COMMENTS,
    }),
  });
  const target = {
    webhookUrl: String(outputs.webhookUrl),
    publisherUrl: String(outputs.publisherUrl),
    cacheName,
    topicName,
    signingSecret: () => stack.secrets.currentText(SIGNING_SECRET_ARN),
    countComments: async (id: string) =>
      (await readComments(id, { credentialProvider, cacheName, limit: 10_000 })).length,
  };

  const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
    [
      '/api/publish',
      async (input) => {
        const given = v.parse(publication, input);
        const journey = journeys.begin(given);
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
        return { status: response.status, requestId, message };
      },
    ],
    [
      '/api/attack',
      async (input) => {
        const { attack: name, courseId } = v.parse(chosenAttack, input);
        return attack(name, courseId, target);
      },
    ],
    [
      '/api/trouble',
      async (input) => {
        const { trouble } = v.parse(chosenTrouble, input);
        stack.setFaults(planFor(trouble, faults));
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
  return { actions, readCourse };
}
