import type { Value } from '../../../shared/ports/store.ts';
import type { ItemReader } from '../definition.ts';
import { ItemReaderFailedError } from '../errors.ts';
import type { Visit } from '../visit.ts';
import { parseCsv } from './csv.ts';

/** Reads a distributed Map's items from an object, or lists the objects of a bucket. */
export async function readItems(reader: ItemReader, visit: Visit): Promise<readonly Value[]> {
  const args = reader.Arguments === undefined ? {} : await visit.evaluate(reader.Arguments, 'ItemReader/Arguments');
  const maxItems = await visit.evaluateNumber(reader.ReaderConfig?.MaxItems, 'ItemReader/ReaderConfig/MaxItems');
  const items = await load(reader, args as Readonly<Record<string, Value>>, visit);
  return maxItems === undefined || maxItems === 0 ? items : items.slice(0, maxItems);
}

async function load(reader: ItemReader, args: Readonly<Record<string, Value>>, visit: Visit): Promise<readonly Value[]> {
  const { objects } = visit.services;
  if (objects === undefined) throw new ItemReaderFailedError('This engine was given no objects to read items from.');
  const bucket = String(args['Bucket'] ?? '');
  try {
    if (reader.Resource.endsWith(':s3:listObjectsV2')) return await objects.list(bucket, String(args['Prefix'] ?? ''));
    const body = new TextDecoder('utf-8', { fatal: true }).decode(await objects.get(bucket, String(args['Key'] ?? '')));
    return parse(body, reader);
  } catch (error) {
    if (error instanceof ItemReaderFailedError) throw error;
    throw new ItemReaderFailedError(`Failed to read items from ${JSON.stringify(args)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function parse(body: string, { ReaderConfig = {} }: ItemReader): readonly Value[] {
  switch (ReaderConfig.InputType) {
    case 'JSONL':
      return body
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line));
    case 'CSV':
      return parseCsv(body, ReaderConfig);
    default: {
      const value: unknown = JSON.parse(body);
      if (!Array.isArray(value)) throw new ItemReaderFailedError('Attempting to map over non-iterable node.');
      return value;
    }
  }
}
