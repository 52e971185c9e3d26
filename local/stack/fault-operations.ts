// The operations of the whole stack that can have faults.
import { startMomento } from 'local-momento';
import type { LocalApplication } from '../application';
import { SecretsManager } from '../aws/secrets-manager';
import { Sqs } from '../aws/sqs';

/**
 * The operations of Momento, of AWS and of the application's own services by name, `FunctionUrl`: a request to a
 * function's URL, and `HttpApi`: a request to a route of the API.
 */
export async function faultOperations(application: LocalApplication): Promise<string[]> {
  const momento = await startMomento({ port: 0 }); // it knows its operations only when it runs
  const ofApplication = (await application.startServices?.()) ?? [];
  await Promise.all([momento, ...ofApplication].map((one) => one.close()));
  const services = [
    new SecretsManager(Date.now).service,
    new Sqs().service,
    ...ofApplication.map(({ service }) => service),
  ];
  const ofAws = services.flatMap((one) => ('operations' in one ? Object.keys(one.operations) : []));
  return [...momento.operations, ...ofAws, 'Invoke', 'FunctionUrl', 'HttpApi'];
}
