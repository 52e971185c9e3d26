// What the moderated chat needs: one setting, and no AWS resources.
import { applicationInfra } from '../../infra/application';
import { wholeNumber } from '../../infra/settings';

export const infra = applicationInfra({
  configure: (settings) => ({
    /** How long a room's history, which remembers what was published, lives after the last message. */
    historyTtlSeconds: settings.withDefault('historyTtlSeconds', wholeNumber(60, 86_400), 86_400),
  }),
  declare: ({ historyTtlSeconds }) => ({
    environment: { HISTORY_TTL_SECONDS: String(historyTtlSeconds) },
  }),
});
