import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Begins with the files whose path matches: at the end, the other workers would wait for what takes minutes. */
export const longFirst = (long: RegExp): typeof BaseSequencer =>
  class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(files);
      const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
      return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
    }
  };
