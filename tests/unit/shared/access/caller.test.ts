import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAccess, holdsEverywhere, readRoles, roleIn } from '../../../../shared/access/caller.ts';
import { atLeast, ROLES } from '../../../../shared/access/role.ts';

const caller = (roles: string) => ({ actor: 'ada', roles: readRoles(roles) });

describe('roles', () => {
  it.each([
    [['staging:operator', '*:viewer'], { staging: 'operator', '*': 'viewer' }],
    ['staging:operator,*:viewer', { staging: 'operator', '*': 'viewer' }],
    ['[staging:operator *:viewer]', { staging: 'operator', '*': 'viewer' }],
    ['["staging:operator","*:viewer"]', { staging: 'operator', '*': 'viewer' }],
    ['a:viewer a:admin a:operator', { a: 'admin' }],
    ['admin', {}],
    ['a:root A:admin ../b:admin :admin a: *:*', {}],
    ['__proto__:admin', {}],
    [undefined, {}],
    [null, {}],
    [7, {}],
    [{ a: 'admin' }, {}],
  ])('are read out of %j', (said, roles) => {
    expect(readRoles(said)).toEqual(roles);
  });

  it('in an environment are the higher of its own and the one of all', () => {
    expect(roleIn(caller('a:viewer *:operator'), 'a')).toBe('operator');
    expect(roleIn(caller('a:admin *:operator'), 'a')).toBe('admin');
    expect(roleIn(caller('a:admin'), 'b')).toBeUndefined();
    expect(roleIn(caller('a:admin'), 'constructor')).toBeUndefined();
  });
});

describe('a call', () => {
  it('is allowed to whoever has the role in every environment of it', () => {
    expect(decideAccess(caller('a:operator b:admin'), 'operator', ['a', 'b'])).toEqual({ allowed: true });
  });

  it('is hidden where the caller has no role, also where another role would be too low', () => {
    expect(decideAccess(caller('a:viewer'), 'operator', ['a', 'b'])).toEqual({ allowed: false, hidden: true, environment: 'b' });
  });

  it('is forbidden where the role is too low', () => {
    expect(decideAccess(caller('a:viewer'), 'operator', ['a'])).toEqual({
      allowed: false,
      hidden: false,
      environment: 'a',
      role: 'viewer',
    });
  });

  it('that acts nowhere in particular takes the role anywhere', () => {
    expect(decideAccess(caller('a:operator'), 'operator', [])).toEqual({ allowed: true });
    expect(decideAccess(caller('a:viewer'), 'operator', [])).toEqual({ allowed: false, hidden: false, role: 'viewer' });
    expect(decideAccess(caller(''), 'viewer', [])).toEqual({ allowed: false, hidden: false, role: undefined });
  });

  const environment = fc.constantFrom('a', 'b', 'c');
  const grants = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c', '*'), fc.constantFrom(...ROLES)).map((pair) => pair.join(':')),
    { maxLength: 5 },
  );

  it('is allowed exactly to whoever has a grant for each of its environments, and no grant takes one away', () => {
    fc.assert(
      fc.property(
        grants,
        fc.array(environment, { minLength: 1 }),
        fc.constantFrom(...ROLES),
        grants,
        (had, where, least, more) => {
          const grant = (one: string, place: string) => {
            const [named, role] = one.split(':');
            return (named === '*' || named === place) && atLeast(role as (typeof ROLES)[number], least);
          };
          const { allowed } = decideAccess(caller(had.join(' ')), least, where);
          expect(allowed).toBe(where.every((place) => had.some((one) => grant(one, place))));
          if (allowed) expect(decideAccess(caller([...had, ...more].join(' ')), least, where).allowed).toBe(true);
          if (holdsEverywhere(caller(had.join(' ')), least)) expect(allowed).toBe(true);
        },
      ),
    );
  });
});
