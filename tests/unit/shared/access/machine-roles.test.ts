import { describe, expect, it } from 'vitest';
import { machineCaller } from '../../../../shared/access/machine-roles.ts';

const USER = 'arn:aws:iam::123456789012:user/ann';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/deployer/github';

describe('a caller who signs', () => {
  it('may do what IAM lets it, where no roles are given by ARN', () => {
    expect(machineCaller(USER, undefined)).toEqual({ actor: USER, roles: { '*': 'admin' } });
  });

  it.each([
    ['its own ARN', USER, USER],
    ['its role', SESSION, 'arn:aws:iam::123456789012:role/deployer'],
    ['its role with a path', SESSION, 'arn:aws:iam::123456789012:role/ci/eu/deployer'],
    ['the beginning of its ARN', SESSION, 'arn:aws:sts::123456789012:assumed-role/dep*'],
  ])('has the roles of %s', (_, arn, named) => {
    expect(machineCaller(arn, { [named]: ['staging:operator'] }).roles).toEqual({ staging: 'operator' });
  });

  it.each([
    ['another account', 'arn:aws:iam::210987654321:role/deployer'],
    ['another role', 'arn:aws:iam::123456789012:role/deployer2'],
    ['a user of the name', 'arn:aws:iam::123456789012:user/deployer'],
  ])('has no role of %s', (_, named) => {
    expect(machineCaller(SESSION, { [named]: ['*:admin'] }).roles).toEqual({});
  });

  it('has the roles of all that mean it', () => {
    const roles = { [SESSION]: ['a:viewer'], 'arn:aws:iam::123456789012:role/deployer': ['a:operator', 'b:viewer'] };
    expect(machineCaller(SESSION, roles).roles).toEqual({ a: 'operator', b: 'viewer' });
  });
});
