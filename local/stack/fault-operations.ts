// The operations of the whole stack that can have faults.

import { startMomento } from 'local-momento';
import { SecretsManager } from '../aws/secrets-manager';
import { Sqs } from '../aws/sqs';

/** The operations of Momento and AWS by name, and `FunctionUrl`: a request to a function's URL. */
export async function faultOperations(): Promise<string[]> {
  const momento = await startMomento({ port: 0 }); // it knows its operations only when it runs
  await momento.close();
  const services = [new SecretsManager(Date.now).service, new Sqs().service];
  const ofAws = services.flatMap(({ operations }) => Object.keys(operations));
  return [...momento.operations, ...ofAws, 'Invoke', 'FunctionUrl'];
}
