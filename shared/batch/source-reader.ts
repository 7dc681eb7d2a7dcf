import { applyTransform, type Failure, failed, type Produced } from './apply-transform.ts';
import { type BatchDeps, type BatchJob, type BatchPoint, keyNames } from './batch-job.ts';

/** Records as they were read and transformed, ready to be written. */
export interface SourceBatch {
  readonly produced: readonly Produced[];
  readonly failures: readonly Failure[];
  readonly read: number;
  readonly pages: number;
  /** Where the scan goes on after this batch; absent: the segment ends here. */
  readonly cursor?: string;
}

/** Records of one scan request: small enough that transforming a page does not hold the thread for long. */
const PAGE = 1000;
/** DynamoDB ends a page at 1 MB: this bounds the memory of a batch of large records. */
const MOST_PAGES = 16;

/** Reads a segment in batches, always one ahead of what is being written. */
export class SourceReader {
  readonly #deps: BatchDeps;
  readonly #job: BatchJob;
  readonly #point: BatchPoint;
  readonly #segment: number;
  #cursor: string | undefined;
  #ended = false;
  #ahead: Promise<SourceBatch> | undefined;

  constructor(deps: BatchDeps, job: BatchJob, point: BatchPoint, segment: number, cursor: string | undefined) {
    this.#deps = deps;
    this.#job = job;
    this.#point = point;
    this.#segment = segment;
    this.#cursor = cursor;
  }

  /** The next batch, of up to `size` records; the one after it, of `following`, is being read when this returns. */
  async next(size: number, following: number): Promise<SourceBatch> {
    const batch = await (this.#ahead ?? this.#read(size));
    this.#ahead = this.#ended ? undefined : this.#read(following);
    // Its failure is that of the call that takes it, or of nobody.
    this.#ahead?.catch(() => undefined);
    return batch;
  }

  /** Resolves when no request is under way any more. */
  async settle(): Promise<void> {
    await this.#ahead?.catch(() => undefined);
  }

  async #read(size: number): Promise<SourceBatch> {
    const produced: Produced[] = [];
    const failures: Failure[] = [];
    let read = 0;
    let pages = 0;
    while (read < size && pages < MOST_PAGES && !this.#ended) {
      const page = await this.#deps.tables.scan(this.#point.source.table, {
        segment: this.#segment,
        segments: this.#job.component.segments,
        limit: Math.min(PAGE, size - read),
        ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }),
        consistent: true,
      });
      for (const result of await applyTransform(this.#job.transform, page.records, keyNames(this.#point))) {
        if (failed(result)) failures.push(result);
        else produced.push(...result);
      }
      read += page.records.length;
      pages += 1;
      this.#cursor = page.cursor;
      this.#ended = page.cursor === undefined;
    }
    return { produced, failures, read, pages, ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }) };
  }
}
