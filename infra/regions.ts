// Where the program can run, and where its account's console is.
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config';

/**
 * Regions without function URLs, according to the Lambda Developer Guide ("Creating and managing Lambda function URLs"), the
 * AWS GovCloud (US) User Guide and "Getting Started with Amazon Web Services in China".
 */
const WITHOUT_FUNCTION_URLS = [
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'us-gov-east-1',
  'us-gov-west-1',
];

/**
 * Rejects with a RunError if the stack's region lacks function URLs and they are its front, or if the certificate is in another
 * region. Asks the provider only if an AWS profile alone names the region.
 */
export async function checkRegion({
  front,
  certificateArn,
}: Pick<StackConfig, 'front' | 'certificateArn'>): Promise<void> {
  const region = aws.config.region ?? (await aws.getRegion()).region;
  if (front === 'function-url') return checkFunctionUrls(region);
  const [, , , certified = region] = certificateArn?.split(':') ?? [];
  if (certified === region) return;
  throw new pulumi.RunError(
    `${pulumi.getProject()}:certificateArn names a certificate in ${certified}; allowed: one in the stack's region, ${region}`,
  );
}

function checkFunctionUrls(region: string): void {
  if (!WITHOUT_FUNCTION_URLS.includes(region)) return;
  const stack = pulumi.getStack();
  throw new pulumi.RunError(
    [
      `AWS Lambda has no function URLs in the region ${region}. Put API Gateway in front, or deploy to another region:`,
      `  pulumi config set front http-api --stack ${stack}`,
      `  pulumi config set aws:region us-east-1 --stack ${stack}`,
      `Regions without function URLs: ${WITHOUT_FUNCTION_URLS.join(', ')}`,
    ].join('\n'),
  );
}

/** The host of each partition's console. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/**
 * The console's page for a CloudWatch dashboard, for users who are signed in. In an isolated partition, whose console has no
 * public address, only the path.
 * @param arn of any resource in the partition and the region of the stack
 */
export function dashboardPage(arn: string, dashboardName: string): string {
  const [, partition = '', , region] = arn.split(':');
  const host = CONSOLES[partition];
  const page = `/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  return host === undefined ? page : `https://${region}.${host}${page}`;
}
