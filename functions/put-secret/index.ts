import type { EndpointRequest } from '../../shared/api/endpoints.ts';
import { secretEndpoints } from '../../shared/api/secret-endpoints.ts';
import { SecretNotFoundError, SecretSettingsError } from '../../shared/errors/secret-errors.ts';
import { DEFAULT_RULE } from '../../shared/secrets/make-value.ts';
import { putSettings } from '../../shared/secrets/rotation/change-settings.ts';
import { DEFAULT_OVERLAP, type RotationPolicy } from '../../shared/secrets/rotation/rotation-settings.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { changeOf, secretDetail } from '../secrets.ts';

const core: ApiCore<'put-secret'> = async (asked, deps, call) => {
  const { secretId } = asked;
  if (!(await deps.secrets.describe(secretId))) {
    throw new SecretNotFoundError(`There is no secret ${secretId} yet.`, {
      next: `Put a first value into it: slipway vault put ${secretId} --stdin; on AWS, declare a RotatedSecret.`,
    });
  }
  const settings = await putSettings(deps, changeOf(asked, deps, call), (found) => policyOf(asked, found));
  await deps.rotations.enable(secretId, settings.enabled);
  return secretDetail(deps, settings);
};

const FIRST = { overlap: DEFAULT_OVERLAP, rule: { ...DEFAULT_RULE, classes: [...DEFAULT_RULE.classes] }, enabled: true };

function policyOf(asked: EndpointRequest<'put-secret'>, found: RotationPolicy | undefined): RotationPolicy {
  const { overlap, rule, enabled } = { ...FIRST, ...found };
  const system = asked.system ?? found?.system;
  if (!system) {
    throw new SecretSettingsError('Nothing says yet which system the secret belongs to.', {
      next: 'Name it: postgresql, postgresql-single-user, mysql, redis, ssh-key or two-keys.',
    });
  }
  const task = asked.task === undefined ? found?.task : (asked.task ?? undefined);
  return {
    ...{ system, task },
    baseDir: asked.task ? asked.baseDir : task && found?.baseDir,
    ...{ overlap: asked.overlap ?? overlap, rule: asked.rule ?? rule, enabled: asked.enabled ?? enabled },
    every: asked.every === undefined ? found?.every : (asked.every ?? undefined),
  };
}

export const create = apiFunction(secretEndpoints['put-secret'], core);
export const handler = onAws(create);
