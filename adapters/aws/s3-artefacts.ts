import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { checkArtefactKey } from '../../shared/ports/artefact-key.ts';
import type { Artefacts } from '../../shared/ports/artefacts.ts';
import { storeFailure } from './store-failure.ts';

/** Artefacts as objects of one bucket. S3 itself refuses to overwrite (`If-None-Match: *`). */
export class S3Artefacts implements Artefacts {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(options: { readonly client: S3Client; readonly bucket: string }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
  }

  async putOnce(key: string, body: Uint8Array): Promise<boolean> {
    checkArtefactKey(key);
    try {
      await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, IfNoneMatch: '*' }));
      return true;
    } catch (error) {
      if (statusOf(error) === 412) return false;
      throw storeFailure(`Writing the artefact ${key}`, error);
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    checkArtefactKey(key);
    try {
      const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return await answer.Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw storeFailure(`Reading the artefact ${key}`, error);
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    try {
      for await (const page of paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix })) {
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      }
    } catch (error) {
      throw storeFailure(`Listing the artefacts ${prefix}*`, error);
    }
  }

  async remove(key: string): Promise<void> {
    checkArtefactKey(key);
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      throw storeFailure(`Removing the artefact ${key}`, error);
    }
  }
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error ? (error as Error & { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode : undefined;
