// What storing comments in the Momento cache needs: two settings, and nothing of AWS.
import { applicationInfra } from '../infra/application';
import { wholeNumber } from '../infra/settings';

export const infra = applicationInfra({
  configure: (settings) => ({
    /** Of a course's set, refreshed by each write; a day is Momento's usual limit. */
    commentTtlSeconds: settings.withDefault('commentTtlSeconds', wholeNumber(1, 86_400), 86_400),
    /** The oldest are cut. */
    commentsPerCourse: settings.withDefault('commentsPerCourse', wholeNumber(1, 10_000), 1000),
  }),
  declare: ({ commentTtlSeconds, commentsPerCourse }) => ({
    environment: {
      COMMENT_TTL_SECONDS: String(commentTtlSeconds),
      COMMENTS_PER_COURSE: String(commentsPerCourse),
    },
  }),
});
