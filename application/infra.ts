// What storing comments in the Momento cache needs: two settings, and no AWS resources.
import { applicationInfra } from '../infra/application';
import { wholeNumber } from '../infra/settings';

export const infra = applicationInfra({
  configure: (settings) => ({
    /** Time to live of a course's set, renewed by each write. A day is Momento's usual limit. */
    commentTtlSeconds: settings.withDefault('commentTtlSeconds', wholeNumber(1, 86_400), 86_400),
    /** The oldest comments beyond this number are removed. */
    commentsPerCourse: settings.withDefault('commentsPerCourse', wholeNumber(1, 10_000), 1000),
  }),
  declare: ({ commentTtlSeconds, commentsPerCourse }) => ({
    environment: {
      COMMENT_TTL_SECONDS: String(commentTtlSeconds),
      COMMENTS_PER_COURSE: String(commentsPerCourse),
    },
  }),
});
