// The outputs and alarms that the evaluated program declares.

import { makeLegacyKey } from 'local-momento';
import { type DeclaredResource, evaluateProgram } from '../../local/program';
import type { Table } from './table';

const IS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'above',
  GreaterThanOrEqualToThreshold: 'at least',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'at most',
};

/** The tables `outputs` and `alarms`. */
export async function programTables(): Promise<Table[]> {
  const secrets = { momentoApiKey: makeLegacyKey(), signingSecret: 'made-up-for-the-documentation' };
  const always = await evaluateProgram({ secrets });
  const relayed = await evaluateProgram({ secrets, config: { delivery: 'relay' } });
  const withApi = await evaluateProgram({ secrets, config: { front: 'http-api' } });
  const [byMomento, byRelay] = [alarmsOf(always.resources), alarmsOf(relayed.resources)];
  const isIn = (alarms: readonly DeclaredResource[], name: string) => alarms.some((one) => one.name === name);
  const onlyByMomento = byMomento.filter(({ name }) => !isIn(byRelay, name));
  const onlyOfApi = alarmsOf(withApi.resources).filter(({ name }) => !isIn(byMomento, name));
  const when = ({ name }: DeclaredResource) => {
    if (isIn(onlyOfApi, name)) return ' (`http-api`)';
    if (!isIn(byRelay, name)) return ' (without the relay)';
    return isIn(byMomento, name) ? '' : ' (relay)';
  };
  const alarms = [...byRelay, ...onlyByMomento, ...onlyOfApi].map((alarm) => [
    `\`${alarm.name}\`${when(alarm)}`,
    String(alarm.inputs.alarmDescription),
    conditionOf(alarm),
  ]);
  return [
    {
      name: 'outputs',
      columns: ['output'],
      rows: Object.keys(relayed.outputs)
        .sort()
        .map((name) => [`\`${name}\``]),
      prose: 'description',
      named: 1,
    },
    { name: 'alarms', columns: ['alarm', 'what it tells', 'when'], rows: alarms, named: 1 },
  ];
}

function alarmsOf(resources: readonly DeclaredResource[]): DeclaredResource[] {
  return resources.filter(({ type }) => type === 'aws:cloudwatch/metricAlarm:MetricAlarm');
}

/** The condition of the alarm in words: "Maximum of `Lag` above 60000 for 5 minutes". */
function conditionOf({ name, inputs }: DeclaredResource): string {
  const { comparisonOperator, threshold, evaluationPeriods, datapointsToAlarm, treatMissingData } = inputs;
  const is = IS[String(comparisonOperator)];
  if (!is) throw new Error(`the alarm ${name} compares by ${comparisonOperator}, which has no word here`);
  const { watched, period } = watchedBy(inputs);
  const minutes = (Number(datapointsToAlarm ?? evaluationPeriods) * period) / 60;
  const within = datapointsToAlarm === undefined ? '' : ` of ${(Number(evaluationPeriods) * period) / 60}`;
  const time = minutes === 1 && within === '' ? 'a minute' : `${minutes}${within} minutes`;
  const orMissing = treatMissingData === 'breaching' ? ', or no data' : '';
  return `${watched} ${is} ${threshold} for ${time}${orMissing}`;
}

function watchedBy(inputs: Record<string, unknown>): { watched: string; period: number } {
  const { metricQueries, statistic, metricName, period } = inputs;
  if (!Array.isArray(metricQueries)) {
    return { watched: `${statistic} of \`${metricName}\``, period: Number(period) };
  }
  const expression = metricQueries.find((query) => query.returnData)?.expression;
  const periods = metricQueries.flatMap(({ metric }) => (metric ? [Number(metric.period)] : []));
  return { watched: `\`${expression}\``, period: Math.max(...periods) };
}
