import { describe, expect, it } from 'vitest';
import { prepared, scramVerifier } from '../../../../adapters/systems/scram-verifier.ts';

describe('a SCRAM verifier', () => {
  it('has the keys of RFC 7677, section 3', async () => {
    // The exchange there proves by these keys: password `pencil`, this salt, 4,096 rounds.
    const verifier = await scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
    expect(verifier).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  it('prepares a password as clients do, and takes what cannot be prepared as it is', async () => {
    expect(await prepared('I\u00ADX')).toBe('IX');
    expect(await prepared('\u2168')).toBe('IX');
    expect(await prepared('bell\u0007')).toBe('bell\u0007');
    expect(await prepared('ä\u0007')).toBe('ä\u0007');
    expect(await prepared('plain $1 ~')).toBe('plain $1 ~');
  });
});
