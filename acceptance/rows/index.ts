// The rows, in the order in which they are decided.
import type { Row } from '../row';
import { firstUp, secondUp, secondUpOfRelay, tracingOff } from './coming-up';
import { dashboard, dashboardOfRelay } from './dashboard';
import { destroyed } from './destroyed';
import { insights } from './insights';
import { metrics } from './metrics';
import { publicPolicy } from './public-policy';
import { redriveTiming } from './redrive-timing';
import { directCalls, unsignedCalls } from './refused-calls';
import { failingRelay, relay } from './relay';
import { rotation } from './rotation';
import { traffic } from './traffic';
import { wrongSecretAlarm } from './wrong-secret-alarm';

/** @param project as Pulumi.yaml names it */
export function allRows(project: string): readonly Row[] {
  return [
    firstUp,
    tracingOff,
    secondUp,
    publicPolicy,
    dashboard,
    unsignedCalls,
    directCalls,
    wrongSecretAlarm, // before anything is accepted: it goes off where nothing was for five minutes
    traffic,
    rotation,
    redriveTiming,
    relay,
    dashboardOfRelay,
    secondUpOfRelay,
    metrics, // with the relay's, where there is one
    insights,
    failingRelay, // takes longest
    destroyed(project),
  ];
}
