// What the moderated chat needs: one setting, and nothing of AWS.
import { applicationInfra } from '../../infra/application';
import { wholeNumber } from '../../infra/settings';

export const infra = applicationInfra({
  configure: (settings) => ({
    /** How long a room's history lives after the last message, and the memory of what was published. */
    historyTtlSeconds: settings.withDefault('historyTtlSeconds', wholeNumber(60, 86_400), 86_400),
  }),
  declare: ({ historyTtlSeconds }) => ({
    environment: { HISTORY_TTL_SECONDS: String(historyTtlSeconds) },
  }),
});
