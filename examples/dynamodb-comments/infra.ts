// The table, and the two actions that the functions may perform on it.
import * as aws from '@pulumi/aws';
import { applicationInfra } from '../../infra/application';
import { wholeNumber } from '../../infra/settings';
import { tags } from '../../infra/tags';

export const infra = applicationInfra({
  configure: (settings) => ({
    /** How long a comment stays in the table. */
    commentTtlDays: settings.withDefault('commentTtlDays', wholeNumber(1, 3650), 365),
  }),
  declare({ commentTtlDays }) {
    const table = new aws.dynamodb.Table('comments', {
      billingMode: 'PAY_PER_REQUEST',
      // The attributes of a comment: course, position, userID, comment, expiresAt. Of an event's first time: course, position,
      // firstTime, expiresAt.
      hashKey: 'course',
      rangeKey: 'position',
      attributes: [
        { name: 'course', type: 'S' },
        { name: 'position', type: 'S' },
      ],
      ttl: { attributeName: 'expiresAt', enabled: true },
      pointInTimeRecovery: { enabled: true },
      tags,
    });
    return {
      environment: { COMMENTS_TABLE: table.name, COMMENT_TTL_DAYS: String(commentTtlDays) },
      statements: [
        { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], Resource: table.arn },
      ],
      outputs: { commentsTable: table.name },
    };
  },
});
