// Where the program can run, and where its account's console is.
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

/**
 * Regions without function URLs, as the Lambda Developer Guide ("Creating and managing Lambda function URLs"), the AWS GovCloud
 * (US) User Guide and "Getting Started with Amazon Web Services in China" list them.
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
 * Throws a RunError in a region without function URLs, before anything is made that AWS would leave half done.
 * Rejects with it where only an AWS profile names the region, which the provider has to be asked for: that ends the preview.
 */
export function checkRegion(): Promise<void> {
  if (!aws.config.region) return aws.getRegion().then(({ region }) => refuseWithoutFunctionUrls(region));
  refuseWithoutFunctionUrls(aws.config.region);
  return Promise.resolve();
}

function refuseWithoutFunctionUrls(region: string): void {
  if (!WITHOUT_FUNCTION_URLS.includes(region)) return;
  throw new pulumi.RunError(
    [
      `AWS Lambda has no function URLs in the region ${region}, and the webhook needs one. Deploy to another region:`,
      `  pulumi config set aws:region us-east-1 --stack ${pulumi.getStack()}`,
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
 * The page of CloudWatch's console that shows a dashboard, for whoever is signed in.
 * Of an isolated partition, whose console has no public address, it is the path alone.
 * @param arn of something in the partition and the region of the stack
 */
export function dashboardPage(arn: string, dashboardName: string): string {
  const [, partition = '', , region] = arn.split(':');
  const host = CONSOLES[partition];
  const page = `/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  return host === undefined ? page : `https://${region}.${host}${page}`;
}
