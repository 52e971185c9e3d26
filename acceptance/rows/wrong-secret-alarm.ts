// The alarm for a wrong signing secret goes off, and recovers when an event is accepted again.
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { currentSecret, sendEvent } from '../calling';
import { type Context, idOf } from '../context';
import { failed, held, type Row } from '../row';

/** The alarm's period is five minutes, and CloudWatch does not say when it evaluates it. */
const WITHIN_MS = 14 * 60_000;
/** An instance reports denials at most every 30 s, so each minute has a value. */
const SEND_EVERY_MS = 45_000;

export const wrongSecretAlarm = {
  name: 'wrong-secret alarm',
  needs: ['first up'],
  async decide(context: Pick<Context, 'aws' | 'stack' | 'momento' | 'waitFor'>) {
    const secret = await currentSecret(context);
    const off = await comesTo('ALARM', 'a secret that never was', 403, context);
    if (typeof off === 'string') return failed(off);
    const back = await comesTo('OK', secret, 200, context);
    if (typeof back === 'string') return failed(back);
    return held(`it went off after ${minutes(off)} and recovered after ${minutes(back)}`);
  },
} satisfies Row;

/** Sends such events until the alarm has this state. Returns how long that took in milliseconds, or what was wrong. */
async function comesTo(
  state: 'ALARM' | 'OK',
  secret: string,
  expected: number,
  context: Pick<Context, 'aws' | 'stack' | 'momento' | 'waitFor'>,
): Promise<number | string> {
  const AlarmNames = [await idOf(context.stack, 'alarm', 'wrong-signing-secret')];
  const what = `the wrong-secret alarm to be ${state}`;
  const start = Date.now();
  let last = '';
  const seen = await context.waitFor({ what, withinMs: WITHIN_MS, everyMs: SEND_EVERY_MS }, async () => {
    const { answer } = await sendEvent(context, { secret });
    if (answer.status !== expected) return `an event was answered ${answer.status}, not ${expected}`;
    const { MetricAlarms } = await context.aws.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    last = MetricAlarms?.[0]?.StateValue ?? 'not there';
    return last === state ? Date.now() - start : undefined;
  });
  return seen ?? `the alarm is ${last} after ${minutes(WITHIN_MS)}, not ${state}`;
}

function minutes(milliseconds: number): string {
  return `${(milliseconds / 60_000).toFixed(1)} minutes`;
}
