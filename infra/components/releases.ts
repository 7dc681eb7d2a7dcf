import { Application } from '@pulumi/aws/codedeploy/application.js';
import { DeploymentGroup } from '@pulumi/aws/codedeploy/deploymentGroup.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import { isBehindApi } from '../live-functions.ts';
import type { PlaneContext } from '../plane-context.ts';
import { deployerPolicy } from '../policies/deployer-policy.ts';
import { deployerTrust } from '../policies/trust-policy.ts';
import { API_FAILURES, functionErrors, type PlaneAlarms } from './plane-alarms.ts';

export interface ReleasesArgs {
  readonly plane: PlaneContext;
  /** Those with the alias `live`. */
  readonly functions: readonly FunctionSpec[];
  readonly alarms: PlaneAlarms;
}

/**
 * How traffic moves to a new version: a deployment group for each function, so that they go side by side, each stopped and
 * taken back by the alarm that watches it. The deployments themselves are made by infra/release.ts.
 */
export class Releases extends ComponentResource {
  constructor(name: string, args: ReleasesArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:Releases', name, {}, options);
    const { naming, settings } = args.plane;
    const { tags } = naming;
    const app = new Application(`${name}-app`, { name: naming.plane, computePlatform: 'Lambda', tags }, { parent: this });
    const role = new Role(
      `${name}-role`,
      {
        name: naming.part('releases'),
        assumeRolePolicy: naming.arns.apply((arns) => JSON.stringify(deployerTrust(arns))),
        tags,
      },
      { parent: this },
    );
    const policy = new RolePolicy(`${name}-policy`, { role: role.name, policy: policyOf(args) }, { parent: this });
    for (const spec of args.functions) {
      new DeploymentGroup(
        `${name}-${spec.name}-group`,
        {
          appName: app.name,
          deploymentGroupName: spec.name,
          deploymentConfigName: `CodeDeployDefault.${settings.deployment}`,
          serviceRoleArn: role.arn,
          deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
          alarmConfiguration: { enabled: true, alarms: watching(spec).map((what) => args.alarms.get(what).name) },
          autoRollbackConfiguration: {
            enabled: true,
            events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
          },
          tags,
        },
        { parent: this, dependsOn: [policy] },
      );
    }
    this.registerOutputs({});
  }
}

/** The alarms that take a release of the function back. */
const watching = (spec: FunctionSpec): readonly string[] => [
  ...(isBehindApi(spec) ? [] : [functionErrors(spec.name)]),
  ...(spec.route === undefined ? [] : [API_FAILURES]),
];

const policyOf = ({ plane, functions }: ReleasesArgs) =>
  plane.naming.arns.apply((arns) => JSON.stringify(deployerPolicy(functions.map(({ name }) => arns.function(name)))));
