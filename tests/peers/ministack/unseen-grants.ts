import type { Exception } from '../../infra/iam/exceptions.ts';

/** Of the kind `rotate`: function, statement, actions. */
const OF_ROTATIONS: readonly (readonly [name: string, statement: string, ...actions: string[]])[] = [
  ['prepare-component', 'RotatedSecrets', 'secretsmanager:DescribeSecret'],
  [
    'work-component',
    'RotatedSecrets',
    ...['secretsmanager:DescribeSecret', 'secretsmanager:RotateSecret', 'secretsmanager:UpdateSecretVersionStage'],
  ],
  ['work-component', 'Rotators', 'lambda:InvokeFunction'],
  ['verify-component', 'RotatedSecrets', 'secretsmanager:DescribeSecret'],
  ['undo-component', 'RotatedSecrets', 'secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
  ['undo-component', 'Rotators', 'lambda:InvokeFunction'],
];

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
  ...OF_ROTATIONS.flatMap(([name, statement, ...actions]) =>
    actions.map((action) => ({
      ...{ function: name, statement, action },
      reason: 'the kind rotate is played embedded: no RotatedSecret is declared here, and the peer calls no function to rotate',
    })),
  ),
  {
    ...{ function: 'validate-plan', statement: 'ControlTable', action: 'dynamodb:GetItem' },
    reason: 'only a plan that rotates a secret has settings of one to be looked at',
  },
  {
    ...{ function: 'revoke-secret', statement: 'Rotators', action: 'lambda:InvokeFunction' },
    reason: 'no RotatedSecret is declared here: rotated-secret.peer.ts deploys some, and holds this role to them both ways',
  },
  {
    ...{ function: 'disable-secret', statement: 'EventBus', action: 'events:PutEvents' },
    reason: 'the peer knows no CancelRotateSecret, so that the secret is disabled by its settings already, and nothing changes',
  },
  ...[['ControlTable', 'dynamodb:UpdateItem'] as const, ['EventBus', 'events:PutEvents'] as const].map(([statement, action]) => ({
    ...{ function: 'keep-rotations', statement, action },
    reason: 'what is due is due a day after the last, and is played embedded, where the clock is put forward',
  })),
];
