import type { Secrets } from '../../../shared/ports/secrets.ts';
import type { KeptSecrets } from '../embedded-rotations.ts';
import type { VaultAnswer, VaultCall } from './vault-calls.ts';

export const SECRET_CALLS = ['describe', 'read', 'put-version', 'move-stage', 'begin', 'enable'] as const;
export type SecretCall = Extract<VaultCall, { readonly call: (typeof SECRET_CALLS)[number] }>;

export const isSecretCall = (call: VaultCall): call is SecretCall => (SECRET_CALLS as readonly string[]).includes(call.call);

const DONE = { done: true } as const;

/** What the embedded control plane asks of its secrets, as it asks Secrets Manager. */
export async function answerSecretCall(secrets: KeptSecrets, call: SecretCall): Promise<VaultAnswer<SecretCall['call']>> {
  const { name } = call;
  switch (call.call) {
    case 'describe':
      return described(await secrets.describe(name));
    case 'read':
      return found(
        await secrets.read(name, call.version === undefined ? { stage: call.stage ?? '' } : { version: call.version }),
      );
    case 'put-version':
      await secrets.put(name, call.version, call.text, call.stage);
      return DONE;
    case 'move-stage': {
      const { from, to } = call;
      await secrets.moveStage(name, call.stage, { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
      return DONE;
    }
    case 'begin':
      await secrets.begin(name, call.version, call.stage);
      return DONE;
    case 'enable':
      await secrets.enable(name, call.enabled);
      return DONE;
  }
}

const found = (value: Awaited<ReturnType<Secrets['read']>>) => (value ? { found: { ...value } } : {});

function described(secret: Awaited<ReturnType<Secrets['describe']>>): VaultAnswer<'describe'> {
  if (!secret) return {};
  const { rotationEnabled, deleted, versions } = secret;
  return {
    found: { rotationEnabled, deleted, versions: Object.fromEntries([...versions].map(([id, labels]) => [id, [...labels]])) },
  };
}
