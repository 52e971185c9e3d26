// The network of the account. EC2's own client would be the largest package of this project, for a dozen calls.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
import assert from 'node:assert/strict';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

const FORM = 'application/x-www-form-urlencoded';

/** The values of the elements of this name in EC2's answer. */
async function ask(element: string, Action: string, parameters: Record<string, string> = {}) {
  const { AWS_ENDPOINT_URL = '', AWS_REGION: region = '', ...environment } = process.env;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = environment;
  const { host, hostname, port, protocol, origin } = new URL(AWS_ENDPOINT_URL);
  const body = new URLSearchParams({ Action, Version: '2016-11-15', ...parameters }).toString();
  const request = { method: 'POST', protocol, hostname, port: Number(port), path: '/', body };
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ service: 'ec2', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({ ...request, headers: { host, 'content-type': FORM } });
  const response = await fetch(`${origin}/`, { method: 'POST', headers, body });
  const text = await response.text();
  assert(response.ok, `${Action}: ${text}`);
  const values = text.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'));
  return [...values].map(([, value = '']) => value);
}

/** The names of all security groups. */
export function securityGroups(): Promise<string[]> {
  return ask('groupName', 'DescribeSecurityGroups');
}

/** A route from the default VPC to the internet, which moto's lacks; `remove` restores the network. */
export class InternetGateway {
  readonly #undo: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly vpc: string,
    private readonly id: string,
  ) {}

  static async attach(): Promise<InternetGateway> {
    const [vpc = ''] = await ask('vpcId', 'DescribeVpcs', filter('is-default', 'true'));
    const [id = ''] = await ask('internetGatewayId', 'CreateInternetGateway');
    const gateway = { InternetGatewayId: id, VpcId: vpc };
    await ask('return', 'AttachInternetGateway', gateway);
    const attached = new InternetGateway(vpc, id);
    attached.#undo.push(
      () => ask('return', 'DeleteInternetGateway', { InternetGatewayId: id }),
      () => ask('return', 'DetachInternetGateway', gateway),
    );
    return attached;
  }

  /** For one subnet only. */
  async serveOneSubnet(): Promise<void> {
    const [SubnetId = ''] = await ask('subnetId', 'DescribeSubnets', filter('vpc-id', this.vpc));
    const [RouteTableId = ''] = await ask('routeTableId', 'CreateRouteTable', { VpcId: this.vpc });
    this.#undo.push(() => ask('return', 'DeleteRouteTable', { RouteTableId }));
    const association = { RouteTableId, SubnetId };
    const [AssociationId = ''] = await ask('associationId', 'AssociateRouteTable', association);
    this.#undo.push(() => ask('return', 'DisassociateRouteTable', { AssociationId }));
    await this.#serve(RouteTableId);
  }

  /** For each subnet without its own route table. */
  async serveTheRest(): Promise<void> {
    const ofVpc = { ...filter('association.main', 'true'), ...filter('vpc-id', this.vpc, 2) };
    const [main = ''] = await ask('routeTableId', 'DescribeRouteTables', ofVpc);
    await this.#serve(main);
  }

  async remove(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }

  async #serve(RouteTableId: string): Promise<void> {
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    await ask('return', 'CreateRoute', { ...route, GatewayId: this.id });
    this.#undo.push(() => ask('return', 'DeleteRoute', route));
  }
}

function filter(name: string, value: string, number = 1): Record<string, string> {
  return { [`Filter.${number}.Name`]: name, [`Filter.${number}.Value.1`]: value };
}
