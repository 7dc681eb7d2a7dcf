import { Bucket } from '@pulumi/aws/s3/bucket.js';
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import { BucketOwnershipControls } from '@pulumi/aws/s3/bucketOwnershipControls.js';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy.js';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import { BucketServerSideEncryptionConfiguration } from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js';
import { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning.js';
import { ComponentResource, type ComponentResourceOptions, type Output, type ResourceOptions } from '@pulumi/pulumi';
import type { PlaneContext } from '../plane-context.ts';
import { tlsOnlyBucketPolicy } from '../policies/resource-policies.ts';

export interface ArtefactsBucketArgs {
  readonly plane: PlaneContext;
}

/** Days after which an object that was replaced or removed is gone for good. */
const KEEP_OLD_VERSIONS_DAYS = 30;

/** Plans, pre-images and quarantined records: written once, private, encrypted, recoverable for a month after removal. */
export class ArtefactsBucket extends ComponentResource {
  readonly arn: Output<string>;
  readonly bucketName: Output<string>;

  constructor(name: string, args: ArtefactsBucketArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:ArtefactsBucket', name, {}, options);
    const { naming, settings, keyArn } = args.plane;
    // Refuses deletion, and stays when the stack goes.
    const { protectData } = settings;
    const data = { parent: this, protect: protectData, retainOnDelete: protectData };
    const bucket = new Bucket(
      `${name}-objects`,
      { bucket: naming.arns.apply((arns) => arns.bucketName), forceDestroy: !protectData, tags: naming.tags },
      data,
    );
    this.arn = bucket.arn;
    this.bucketName = bucket.bucket;
    this.#guard(name, data, keyArn);
    this.#tidy(name, data);
    this.registerOutputs({ arn: this.arn, bucketName: this.bucketName });
  }

  #guard(name: string, options: ResourceOptions, keyArn: Output<string> | undefined): void {
    const bucket = this.bucketName;
    const access = new BucketPublicAccessBlock(
      `${name}-private`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      options,
    );
    new BucketOwnershipControls(`${name}-owner`, { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } }, options);
    new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket,
        rules: [
          keyArn === undefined
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
            : {
                applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
                bucketKeyEnabled: true,
              },
        ],
      },
      options,
    );
    new BucketPolicy(
      `${name}-policy`,
      { bucket, policy: this.arn.apply((arn) => JSON.stringify(tlsOnlyBucketPolicy(arn))) },
      // S3 refuses two changes of a bucket's access at once.
      { ...options, dependsOn: [access] },
    );
  }

  #tidy(name: string, options: ResourceOptions): void {
    const bucket = this.bucketName;
    const versioning = new BucketVersioning(
      `${name}-versions`,
      { bucket, versioningConfiguration: { status: 'Enabled' } },
      options,
    );
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        rules: [
          {
            id: 'old-versions',
            status: 'Enabled',
            filter: { prefix: '' },
            noncurrentVersionExpiration: { noncurrentDays: KEEP_OLD_VERSIONS_DAYS },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      { ...options, dependsOn: [versioning] },
    );
  }
}
