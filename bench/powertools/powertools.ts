import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type * as z from 'zod';

const logger = new Logger({ serviceName: 'powertools' });
const tracer = new Tracer({ serviceName: 'powertools' });
const metrics = new Metrics({ namespace: 'powertools', serviceName: 'powertools' });

export const traced = tracer.captureAWSv3Client.bind(tracer);

/** The wrap of the quick start: traces, structured logs, metrics and a parsed event. */
export const wrapped = <Schema extends z.ZodType>(schema: Schema, work: (event: z.output<Schema>) => Promise<unknown>) =>
  middy(work)
    .use(captureLambdaHandler(tracer))
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics, { captureColdStartMetric: true }))
    .use(parser({ schema }));
