// The rows, in the order in which the run decides them.
import type { Row } from '../row';
import { firstUp, secondUp, secondUpOfRelay, tracingOff } from './coming-up';
import { dashboard, dashboardOfRelay } from './dashboard';
import { destroyed } from './destroyed';
import { httpApi } from './http-api';
import { insights } from './insights';
import { metrics } from './metrics';
import { publicPolicy } from './public-policy';
import { redriveTiming } from './redrive-timing';
import { directCalls, unsignedCalls } from './refused-calls';
import { failingRelay, relay } from './relay';
import { rotation } from './rotation';
import { traffic } from './traffic';
import { wrongSecretAlarm } from './wrong-secret-alarm';

/** @param project its name in Pulumi.yaml */
export function allRows(project: string): readonly Row[] {
  return [
    firstUp,
    tracingOff,
    secondUp,
    publicPolicy,
    dashboard,
    unsignedCalls,
    directCalls,
    wrongSecretAlarm, // before anything is accepted: the alarm goes off only if nothing was accepted for five minutes
    traffic,
    rotation,
    redriveTiming,
    httpApi, // the rows after it go through API Gateway
    relay,
    dashboardOfRelay,
    secondUpOfRelay,
    metrics, // with the relay's metrics, if it runs
    insights,
    failingRelay, // takes longest
    destroyed(project),
  ];
}
