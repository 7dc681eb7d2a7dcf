import type { Exception } from '../../infra/iam/exceptions.ts';

/** Grants that the embedded recording shows in use and the peer's does not, and why. A field left out stands for all. */
export const UNSEEN: readonly Exception[] = [
  ...['put-secret', 'enable-secret', 'ask-rotation', 'keep-rotations'].map((name) => ({
    ...{ function: name, statement: 'Rotators', action: 'lambda:InvokeFunction' },
    reason: 'Secrets Manager itself asks for it, of whoever has a secret rotated: that is no request of the function',
  })),
  ...['ask-rotation', 'keep-rotations'].map((name) => ({
    ...{ function: name, statement: 'RotatedSecrets', action: 'secretsmanager:UpdateSecretVersionStage' },
    reason:
      'only a rotation that has failed gives way to the next; the peer rotates at once, and calls no function that could fail',
  })),
  ...['secretsmanager:RotateSecret', 'secretsmanager:DescribeSecret'].map((action) => ({
    ...{ function: 'keep-rotations', statement: 'RotatedSecrets', action },
    reason: 'what was asked for is begun again where whoever asked has died, and what is due is due a day after the last',
    race: true as const,
  })),
];
