import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { S3Artefacts } from '../../../../adapters/aws/s3-artefacts.ts';
import { StoreRejectedError, StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';

const s3 = mockClient(S3Client);
const artefacts = new S3Artefacts({ client: new S3Client({ region: 'eu-west-1' }), bucket: 'bucket' });
const body = Uint8Array.of(1, 2, 3);
const failed = (name: string, httpStatusCode: number) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

beforeEach(() => s3.reset());

describe('S3Artefacts', () => {
  it('lets S3 itself refuse to overwrite', async () => {
    s3.on(PutObjectCommand).resolves({});
    expect(await artefacts.putOnce('runs/1/plan.json', body)).toBe(true);
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'bucket',
      Key: 'runs/1/plan.json',
      Body: body,
      IfNoneMatch: '*',
    });
    s3.on(PutObjectCommand).rejects(failed('PreconditionFailed', 412));
    expect(await artefacts.putOnce('runs/1/plan.json', body)).toBe(false);
  });

  it('does not take a conflict of writers for a taken key', async () => {
    s3.on(PutObjectCommand).rejects(failed('ConditionalRequestConflict', 409));
    await expect(artefacts.putOnce('a', body)).rejects.toBeInstanceOf(StoreThrottledError);
  });

  it('tells throttled, unanswered and rejected apart', async () => {
    s3.on(PutObjectCommand).rejects(failed('SlowDown', 503));
    await expect(artefacts.putOnce('a', body)).rejects.toBeInstanceOf(StoreThrottledError);
    s3.on(DeleteObjectCommand).rejects(failed('InternalError', 500));
    await expect(artefacts.remove('a')).rejects.toBeInstanceOf(StoreUnansweredError);
    s3.on(GetObjectCommand).rejects(failed('AccessDenied', 403));
    await expect(artefacts.get('a')).rejects.toMatchObject({ name: 'StoreRejectedError', next: expect.stringContaining('role') });
  });

  it('gives nothing for a key that is not there', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: '' }));
    expect(await artefacts.get('a')).toBeUndefined();
  });

  it('lists page after page', async () => {
    s3.on(ListObjectsV2Command, { Prefix: 'runs/' }).resolves({
      Contents: [{ Key: 'runs/1' }, { Key: 'runs/2' }],
      IsTruncated: true,
      NextContinuationToken: 'more',
    });
    s3.on(ListObjectsV2Command, { Prefix: 'runs/', ContinuationToken: 'more' }).resolves({ Contents: [{ Key: 'runs/3' }] });
    const keys: string[] = [];
    for await (const key of artefacts.list('runs/')) keys.push(key);
    expect(keys).toEqual(['runs/1', 'runs/2', 'runs/3']);
  });

  it('refuses keys that lead elsewhere without asking', async () => {
    await expect(artefacts.putOnce('../a', body)).rejects.toBeInstanceOf(StoreRejectedError);
    expect(s3.calls()).toHaveLength(0);
  });
});
