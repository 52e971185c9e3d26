// `npm run verify` against a stack in this process.
import type { Stack } from '../local/stack';
import { verify } from '../verify/verify';

/** Where a person would look if a step failed. */
const LOOK_AT = { caller: '', url: '', publisher: '', webhook: '', delivery: '', queue: '', cache: '' };

/** Resolves with the steps that were verified. Rejects at the first that fails. */
export async function verified({ outputs, signingName, application, access }: Stack): Promise<string[]> {
  const steps: string[] = [];
  const target = {
    publisherUrl: String(outputs.publisherUrl),
    signingName,
    application,
    access,
    lookAt: LOOK_AT,
  };
  await verify(target, { withinMs: 15_000, tell: (step) => steps.push(step) });
  return steps;
}
