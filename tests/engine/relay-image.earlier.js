// Replaces infra/relay-image.ts: Crosswalk builds the image, as in an earlier version of this project.
const aws = require('@pulumi/aws');
const awsx = require('@pulumi/awsx');

exports.RelayImage = class {
  constructor(name, context, child) {
    const repository = new aws.ecr.Repository(
      name,
      {
        forceDelete: true,
        imageScanningConfiguration: { scanOnPush: true },
        tags: require('./tags').tags,
      },
      child,
    );
    const { repositoryUrl, arn: Resource } = repository;
    this.uri = new awsx.ecr.Image(name, { repositoryUrl, context, platform: 'linux/arm64' }, child).imageUri;
    this.pulling = [
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      { Effect: 'Allow', Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], Resource },
    ];
  }
};
