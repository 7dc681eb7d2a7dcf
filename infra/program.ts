import { getStack, runtime } from '@pulumi/pulumi';
import { ControlPlane } from './control-plane.ts';
import { readSettings } from './settings.ts';
import { repositorySources, type Sources } from './sources.ts';

export { bundleFolder } from './sources.ts';

/** The whole program but for its bundles: configuration, one ControlPlane, outputs. */
export async function program(sources: Sources = repositorySources) {
  const { protectData: _, ...settings } = readSettings(getStack(), runtime.allConfig());
  const plane = new ControlPlane('slipway', { ...settings, ...sources });
  return {
    apiUrl: plane.apiUrl,
    machineUrl: plane.machineUrl,
    tableName: plane.tableName,
    bucketName: plane.bucketName,
    busName: plane.busName,
    alarmTopicArn: plane.alarmTopicArn,
    machineArns: plane.machineArns,
  };
}
