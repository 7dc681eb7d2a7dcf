import * as z from 'zod';

/** What is not there is left out by API Gateway, and null in other senders of its events. */
const fields = z
  .record(z.string(), z.string().optional())
  .nullish()
  .transform((found) => found ?? {});

/** The part of API Gateway's HTTP event (payload format 2.0) that is used. */
export const httpEvent = z.object({
  headers: fields,
  queryStringParameters: fields,
  pathParameters: fields,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z
    .object({
      requestId: z.string().optional(),
      authorizer: z
        .object({
          iam: z.object({ userArn: z.string() }).partial(),
          jwt: z.object({ claims: z.record(z.string(), z.unknown()) }),
          /** As the embedded control plane knows its callers. */
          lambda: z.object({ actor: z.string(), roles: z.array(z.string()) }),
        })
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
