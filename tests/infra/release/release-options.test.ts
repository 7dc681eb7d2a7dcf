import { describe, expect, it } from 'vitest';
import { releaseOptions } from '../../../infra/release/release-options.ts';

const FILE = `config:
  aws:region: eu-central-1
  slipway:environment: blue
  slipway:dataTables: [cities]
`;
const read = (stack: string) => (stack === 'production' ? FILE : undefined);
const options = (...argv: string[]) => releaseOptions(argv, read);

describe('releaseOptions', () => {
  it('takes environment and region from the file of the stack', () => {
    expect(options('--stack', 'production')).toEqual({
      environment: 'blue',
      region: 'eu-central-1',
      json: false,
      timeoutMinutes: 60,
    });
  });

  it('lets arguments win over the file', () => {
    const given = options('--stack', 'production', '--region', 'us-west-2', '--timeout', '5', '--json');
    expect(given).toEqual({ environment: 'blue', region: 'us-west-2', json: true, timeoutMinutes: 5 });
  });

  it('needs no file where the environment is named', () => {
    expect(options('--environment', 'green')).toMatchObject({ environment: 'green', region: undefined });
  });

  it('reads the files of the repository', () => {
    expect(releaseOptions(['--stack', 'staging'])).toMatchObject({ environment: 'staging', region: 'us-east-1' });
  });

  it.each([
    [[], 'Which stack?'],
    [['--stack', 'nowhere'], 'There is no Pulumi.nowhere.yaml'],
    [['--stack', 'production', '--timeout', 'soon'], '--timeout takes minutes'],
    [['--stack', 'production', '--fast'], '--fast'],
  ])('refuses %j with the usage', (argv, says) => {
    expect(() => options(...argv)).toThrow(says);
    expect(() => options(...argv)).toThrow('npm run release -- --stack');
  });
});
