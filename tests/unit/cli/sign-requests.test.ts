import { expect, it } from 'vitest';
import { CredentialsError } from '../../../cli/cli-errors.ts';
import { signing } from '../../../cli/sign-requests.ts';

const URL = 'https://abc.execute-api.eu-central-1.amazonaws.com/v1/runs';

it('tells a person what to do where there are no credentials to sign with', async () => {
  const credentials = async () => Promise.reject(new Error('Could not load credentials from any providers'));
  const signed = signing(() => Promise.reject(new Error('sent')), 'eu-central-1', { credentials });
  await expect(signed(URL)).rejects.toBeInstanceOf(CredentialsError);
  await expect(signed(URL)).rejects.toMatchObject({ next: expect.stringContaining('aws sso login') });
});

it('leaves alone what else goes wrong', async () => {
  const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  const down = new TypeError('fetch failed');
  await expect(signing(() => Promise.reject(down), 'eu-central-1', { credentials })(URL)).rejects.toBe(down);
});
