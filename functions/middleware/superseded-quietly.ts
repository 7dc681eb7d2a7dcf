import type middy from '@middy/core';
import { SupersededError } from '../../shared/errors/run-errors.ts';

/** Being taken over is an expected outcome: the machine ends, and whoever took over goes on. */
export const supersededQuietly = (): middy.MiddlewareObj => ({
  onError: (request) => {
    if (request.error instanceof SupersededError) request.response = { outcome: 'superseded' };
  },
});
