import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asset, getStack, runtime } from '@pulumi/pulumi';
import { ControlPlane, type ControlPlaneArgs } from './control-plane.ts';
import { currentPlace } from './place.ts';
import { readSettings } from './settings.ts';

/** Where the code of functions and machines comes from. */
export type Sources = Pick<ControlPlaneArgs, 'code' | 'definition'>;

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The folder of a function's bundle. */
export const bundleFolder = (functionName: string): string => fromRoot(`dist/functions/${functionName}`);

/** An archive is only a path here: nobody opens it before a real deployment. */
export const repositorySources: Sources = {
  code: (name) => new asset.FileArchive(bundleFolder(name)),
  definition: (name) => readFileSync(fromRoot(`statemachines/${name}.asl.json`), 'utf8'),
};

/** The whole program but for its bundles: configuration, one ControlPlane, outputs. */
export async function program(sources: Sources = repositorySources) {
  const settings = readSettings(getStack(), runtime.allConfig());
  const plane = new ControlPlane('slipway', { settings, place: await currentPlace(), ...sources });
  return {
    apiUrl: plane.apiUrl,
    tableName: plane.tableName,
    bucketName: plane.bucketName,
    busName: plane.busName,
    alarmTopicArn: plane.alarmTopicArn,
    machineArns: plane.machineArns,
  };
}
