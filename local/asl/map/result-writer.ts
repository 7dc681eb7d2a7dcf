import type { Value } from '../../../shared/ports/store.ts';
import type { ResultWriter } from '../definition.ts';
import { ResultWriterFailedError } from '../errors.ts';
import type { Visit } from '../visit.ts';
import type { Outcome } from './fan-out.ts';

/** Writes a distributed Map's results as objects in S3's layout, and answers where its manifest is. */
export async function writeResults(
  writer: ResultWriter,
  outcomes: readonly Outcome[],
  inputs: readonly Value[],
  mapRun: string,
  visit: Visit,
): Promise<Value> {
  const { objects } = visit.services;
  if (objects === undefined) throw new ResultWriterFailedError('This engine was given no objects to write results to.');
  const args = writer.Arguments === undefined ? {} : await visit.evaluate(writer.Arguments, 'ResultWriter/Arguments');
  const { Bucket, Prefix } = args as { Bucket?: string; Prefix?: string };
  const bucket = Bucket ?? '';
  const folder = [Prefix, mapRun.split(':').at(-1)].filter((part) => part !== undefined && part !== '').join('/');
  const parts = outcomes.map((outcome, index) => describe(outcome, inputs[index] ?? null));
  try {
    const files: Record<string, Value> = {};
    for (const status of ['SUCCEEDED', 'FAILED'] as const) {
      const found = parts.filter((part) => part['Status'] === status);
      const key = `${folder}/${status}_0.json`;
      if (found.length > 0) await objects.put(bucket, key, JSON.stringify(found));
      files[status] = found.length > 0 ? [{ Key: key, Size: Buffer.byteLength(JSON.stringify(found)) }] : [];
    }
    const manifest = { DestinationBucket: bucket, MapRunArn: mapRun, ResultFiles: { ...files, PENDING: [] } };
    await objects.put(bucket, `${folder}/manifest.json`, JSON.stringify(manifest));
  } catch (error) {
    throw new ResultWriterFailedError(`Failed to write results to ${bucket}/${folder}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return { MapRunArn: mapRun, ResultWriterDetails: { Bucket: bucket, Key: `${folder}/manifest.json` } };
}

function describe(outcome: Outcome, input: Value): Record<string, Value> {
  const Input = JSON.stringify(input);
  if ('output' in outcome) return { Input, Output: JSON.stringify(outcome.output), Status: 'SUCCEEDED' };
  return { Input, Error: outcome.failure.name, Cause: outcome.failure.reason ?? '', Status: 'FAILED' };
}
