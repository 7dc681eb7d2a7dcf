import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functions } from '../../functions/catalog.ts';

const folder = new URL('../../adapters/aws/', import.meta.url);

/** How IAM calls what the SDK's packages call otherwise. */
const SERVICE: { readonly [client: string]: string } = {
  dynamodb: 'dynamodb',
  s3: 's3',
  sfn: 'states',
  eventbridge: 'events',
  lambda: 'lambda',
};
const OTHER_NAMES: { readonly [action: string]: string } = {
  's3:ListObjectsV2': 's3:ListBucket',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/** The lifecycle of the bucket removes; no function does. */
const CALLED_BY_NO_FUNCTION = ['s3:DeleteObject'];

/** The IAM actions of the SDK commands that a file builds, and of the paginators that it uses. */
function actionsOf(source: string): readonly string[] {
  const imports = [...source.matchAll(/import\s*\{([^}]*)\}\s*from '@aws-sdk\/client-([a-z0-9]+)'/g)];
  return imports.flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)].map(([, command, paginated]) => {
      const action = `${SERVICE[client] ?? client}:${command ?? paginated}`;
      return OTHER_NAMES[action] ?? action;
    }),
  );
}

describe('the catalog', () => {
  const granted = new Set(functions.flatMap(({ permissions }) => Object.values(permissions).flat()));
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

  it.each(files)('grants some function every action that adapters/aws/%s calls', (name) => {
    const called = actionsOf(readFileSync(new URL(name, folder), 'utf8'));
    expect(called.filter((action) => !granted.has(action) && !CALLED_BY_NO_FUNCTION.includes(action))).toEqual([]);
  });

  it('grants no action that no adapter calls', () => {
    const called = new Set(files.flatMap((name) => actionsOf(readFileSync(new URL(name, folder), 'utf8'))));
    expect([...granted].filter((action) => !called.has(action))).toEqual([]);
  });
});
