// The relay's image: built from the Dockerfile, pushed to its own repository, named by its digest. It is not Crosswalk's
// image: that docker-build drops an image from the state when a refresh meets an expired token.
import * as path from 'node:path';
import * as aws from '@pulumi/aws';
import * as dockerBuild from '@pulumi/docker-build';
import * as pulumi from '@pulumi/pulumi';
import { keepAnswersOutOfDebugging } from './debugging';
import { tags } from './tags';

/** How many images stay in the repository, so that a failed deployment can be rolled back. */
const IMAGES = 5;

export class RelayImage {
  /** The repository and the digest, so that a task definition always means the same image. */
  readonly uri: pulumi.Output<string>;
  /** The policy statements for pulling the image. */
  readonly pulling: aws.iam.PolicyStatement[];

  /** @param context the folder with the Dockerfile and what it copies, relative to the program */
  constructor(name: string, context: string, child: pulumi.CustomResourceOptions) {
    const repository = new aws.ecr.Repository(
      name,
      { forceDelete: true, imageScanningConfiguration: { scanOnPush: true }, tags },
      child,
    );
    new aws.ecr.LifecyclePolicy(
      name,
      {
        repository: repository.name,
        policy: {
          rules: [
            {
              rulePriority: 1,
              description: `The newest ${IMAGES} images stay`,
              selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: IMAGES },
              action: { type: 'expire' },
            },
          ],
        },
      },
      child,
    );
    // The token differs in each `up`; docker-build does not treat that as a change.
    keepAnswersOutOfDebugging();
    const login = aws.ecr.getAuthorizationTokenOutput({}, { parent: child.parent });
    const image = new dockerBuild.Image(
      name,
      {
        context: { location: context },
        dockerfile: { location: path.posix.join(context, 'Dockerfile') },
        platforms: [dockerBuild.Platform.Linux_arm64],
        tags: [pulumi.interpolate`${repository.repositoryUrl}:latest`],
        push: true,
        registries: [
          {
            address: login.proxyEndpoint,
            username: login.userName,
            password: pulumi.secret(login.password),
          },
        ],
      },
      { ...child, additionalSecretOutputs: ['registries'] },
    );
    this.uri = pulumi.interpolate`${repository.repositoryUrl}@${image.digest}`;
    this.pulling = [
      // This action supports no resources (AWS Service Authorization Reference, Amazon ECR).
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: repository.arn,
      },
    ];
  }
}
