import type { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { Session } from '../session.ts';

export const { version } = manifest;

export const addVersion = (program: Command, session: Session): Command =>
  program
    .command('version')
    .description('print the versions of Slipway and Node')
    .action(() =>
      session.result({ slipway: version, node: process.versions.node }, (safe) => [`slipway ${safe.slipway}, Node ${safe.node}`]),
    );
