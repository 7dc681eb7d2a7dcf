import type { QuarantinedRecord } from '../../shared/api/quarantine.ts';
import { quarantineEndpoints } from '../../shared/api/quarantine-endpoints.ts';
import { CursorUnknownError } from '../../shared/errors/store-errors.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { type NamedRecord, quarantinedRecords } from '../quarantine.ts';

/** The cursor counts the records that were listed: what a retry migrates meanwhile moves up those that follow. */
const core: ApiCore<'list-quarantine'> = async ({ runId, component, limit, cursor = '0' }, deps) => {
  if (!/^\d{1,9}$/.test(cursor)) throw new CursorUnknownError();
  const from = Number(cursor);
  const records: NamedRecord[] = [];
  let index = 0;
  for await (const record of quarantinedRecords(deps, runId, component)) {
    if (index++ < from) continue;
    if (records.length === limit) return { records: records.map(told), cursor: String(from + limit) };
    records.push(record);
  }
  return { records: records.map(told) };
};

const told = ({ component, segment, key, error }: NamedRecord): QuarantinedRecord => ({
  component,
  segment,
  key: key as QuarantinedRecord['key'],
  error,
});

export const create = apiFunction(quarantineEndpoints['list-quarantine'], core);
export const handler = onAws(create);
