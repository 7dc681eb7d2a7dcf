import { z } from 'zod';

/** The part of API Gateway's HTTP event (payload format 2.0) that is used. */
export const httpEvent = z.object({
  headers: z.record(z.string(), z.string().optional()).default({}),
  queryStringParameters: z.record(z.string(), z.string().optional()).default({}),
  pathParameters: z.record(z.string(), z.string().optional()).default({}),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z
    .object({
      authorizer: z
        .object({ iam: z.object({ userArn: z.string() }).partial() })
        .partial()
        .optional(),
    })
    .default({}),
});
export type HttpEvent = z.output<typeof httpEvent>;

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export const actorOf = (event: HttpEvent): string => event.requestContext.authorizer?.iam?.userArn ?? 'unknown';
