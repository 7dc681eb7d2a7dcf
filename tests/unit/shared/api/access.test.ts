import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { endpoints } from '../../../../shared/api/endpoints.ts';

/** The fields of a request, whatever it is wrapped in. */
const fieldsOf = (schema: z.ZodType): readonly string[] =>
  Object.keys((z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: object }).properties ?? {});

/** What knows no environment, each with its reason. */
const OF_NO_ENVIRONMENT: { readonly [name: string]: string } = {
  'validate-plan': 'a plan is only read',
  'get-health': 'the store is one for all',
  'get-limits': 'one table of limits tells of all environments',
  'get-openapi': 'the document is the same for all',
};

describe('who may call what', () => {
  it.each(Object.entries(endpoints))('%s acts where its access says', (name, { of, input, route }) => {
    const fields = fieldsOf(input);
    // Whatever names a run acts in its environment, and whatever names an environment in that.
    if (route.includes('{runId}')) expect(of).toBe('run');
    if (route.includes('{alertId}')) expect(of).toBe('alert');
    if (of === 'alert') expect(fields).toContain('alertId');
    if (of === 'run') expect(fields).toContain('runId');
    if (of === 'environment') expect(fields).toContain('environment');
    if (fields.includes('environment')) expect(['environment', 'request', 'many']).toContain(of);
    if (of === 'plane') expect(Object.keys(OF_NO_ENVIRONMENT)).toContain(name);
  });

  it.each(Object.entries(endpoints))('%s changes nothing for a viewer', (_, { role, route, reads }) => {
    if (role === 'viewer') expect(route.startsWith('GET ') || reads === true || route.includes('/evaluate/')).toBe(true);
  });

  it('is an exception only where there is such an endpoint', () => {
    for (const name of Object.keys(OF_NO_ENVIRONMENT)) expect(Object.keys(endpoints)).toContain(name);
  });
});
