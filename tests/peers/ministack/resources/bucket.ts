import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Named = z.object({ bucket: z.string() });

export const createBucket: Creator = async (resource, { clients: { s3 } }) => {
  const { bucket } = Named.parse(resource.inputs);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  holds(resource, 'arn', `arn:aws:s3:::${bucket}`);
};

const Access = Named.extend({
  blockPublicAcls: z.boolean(),
  blockPublicPolicy: z.boolean(),
  ignorePublicAcls: z.boolean(),
  restrictPublicBuckets: z.boolean(),
});

export const blockPublicAccess: Creator = async ({ inputs }, { clients: { s3 } }) => {
  const { bucket, ...blocks } = Access.parse(inputs);
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket: bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: blocks.blockPublicAcls,
        BlockPublicPolicy: blocks.blockPublicPolicy,
        IgnorePublicAcls: blocks.ignorePublicAcls,
        RestrictPublicBuckets: blocks.restrictPublicBuckets,
      },
    }),
  );
};

const Ownership = Named.extend({ rule: z.object({ objectOwnership: z.enum(['BucketOwnerEnforced']) }) });

export const ownObjects: Creator = async ({ inputs }, { clients: { s3 } }) => {
  const { bucket, rule } = Ownership.parse(inputs);
  const controls = { Rules: [{ ObjectOwnership: rule.objectOwnership }] };
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls: controls }));
};

const Encryption = Named.extend({
  rules: z.array(
    z.object({
      applyServerSideEncryptionByDefault: z.object({
        sseAlgorithm: z.enum(['AES256', 'aws:kms']),
        kmsMasterKeyId: z.string().optional(),
      }),
      bucketKeyEnabled: z.boolean().optional(),
    }),
  ),
});

export const encryptBucket: Creator = async ({ inputs }, { clients: { s3 } }) => {
  const { bucket, rules } = Encryption.parse(inputs);
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: rules.map(({ applyServerSideEncryptionByDefault: by, bucketKeyEnabled }) => ({
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: by.sseAlgorithm, KMSMasterKeyID: by.kmsMasterKeyId },
          BucketKeyEnabled: bucketKeyEnabled,
        })),
      },
    }),
  );
};

const Versioning = Named.extend({ versioningConfiguration: z.object({ status: z.enum(['Enabled', 'Suspended']) }) });

export const versionBucket: Creator = async ({ inputs }, { clients: { s3 } }) => {
  const { bucket, versioningConfiguration } = Versioning.parse(inputs);
  const configuration = { Status: versioningConfiguration.status };
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: configuration }));
};

const Lifecycle = Named.extend({
  rules: z.array(
    z.object({
      id: z.string(),
      status: z.enum(['Enabled', 'Disabled']),
      filter: z.object({ prefix: z.string() }),
      expiration: z.object({ days: z.number() }).optional(),
      noncurrentVersionExpiration: z.object({ noncurrentDays: z.number() }).optional(),
      abortIncompleteMultipartUpload: z.object({ daysAfterInitiation: z.number() }).optional(),
    }),
  ),
});

export const tidyBucket: Creator = async ({ inputs }, { clients: { s3 } }) => {
  const { bucket, rules } = Lifecycle.parse(inputs);
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: {
        Rules: rules.map((rule) => ({
          ID: rule.id,
          Status: rule.status,
          Filter: { Prefix: rule.filter.prefix },
          Expiration: rule.expiration && { Days: rule.expiration.days },
          NoncurrentVersionExpiration: rule.noncurrentVersionExpiration && {
            NoncurrentDays: rule.noncurrentVersionExpiration.noncurrentDays,
          },
          AbortIncompleteMultipartUpload: rule.abortIncompleteMultipartUpload && {
            DaysAfterInitiation: rule.abortIncompleteMultipartUpload.daysAfterInitiation,
          },
        })),
      },
    }),
  );
};

const Policy = Named.extend({ policy: z.string() });

export const guardBucket: Creator = async ({ inputs }, { clients: { s3 } }) => {
  const { bucket, policy } = Policy.parse(inputs);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
};
