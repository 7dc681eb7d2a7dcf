import type { MapProcessor, MapState, Template } from '../definition.ts';
import { QueryEvaluationError, RuntimeError } from '../errors.ts';
import type { Visit } from '../visit.ts';

/** AWS runs at most this many inline iterations at once. */
const inlineLimit = 40;
const distributedLimit = 10_000;

/** A Map state's numbers, evaluated. */
export interface MapSettings {
  readonly processor: MapProcessor;
  readonly distributed: boolean;
  readonly concurrency: number;
  readonly tolerates: (failures: number, of: number) => boolean;
}

export async function mapSettings(state: MapState, visit: Visit): Promise<MapSettings> {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) throw new RuntimeError(`The Map state '${visit.name}' has no ItemProcessor.`);
  const distributed = processor.ProcessorConfig?.Mode === 'DISTRIBUTED';
  const asked = await count(state.MaxConcurrency, 'MaxConcurrency', visit);
  const limit = distributed ? distributedLimit : inlineLimit;
  const toleratedCount = await count(state.ToleratedFailureCount, 'ToleratedFailureCount', visit);
  const toleratedShare = await count(state.ToleratedFailurePercentage, 'ToleratedFailurePercentage', visit);
  if (toleratedShare !== undefined && toleratedShare > 100) {
    throw new QueryEvaluationError(
      `The ToleratedFailurePercentage field must be at most 100, but was: ${toleratedShare}`,
      'ToleratedFailurePercentage',
    );
  }
  return {
    processor,
    distributed,
    concurrency: asked === undefined || asked === 0 ? limit : Math.min(asked, limit),
    tolerates: (failures, of) => withinCount(failures, toleratedCount, toleratedShare, of),
  };
}

/** Where both a count and a percentage are given, exceeding either is too much. */
function withinCount(failures: number, limit: number | undefined, percentage: number | undefined, of: number): boolean {
  if (limit === undefined && percentage === undefined) return false;
  return (limit === undefined || failures <= limit) && (percentage === undefined || failures * 100 <= percentage * of);
}

async function count(template: Template | undefined, field: string, visit: Visit): Promise<number | undefined> {
  const value = await visit.evaluateNumber(template, field);
  if (value !== undefined && value < 0)
    throw new QueryEvaluationError(`The ${field} field must not be negative, but was: ${value}`, field);
  return value;
}
