import type { ResourceTransformation } from '@pulumi/pulumi';

/** A resource whose name in the program changed. Names come after the name of the ControlPlane: `-alarms-topic`. */
export interface Rename {
  readonly now: string;
  /** What a stack of an earlier release still calls it. */
  readonly was: string;
}

/**
 * Every rename since the first release. Whoever renames a resource adds a line, or Pulumi would delete it and make another;
 * a line goes when no stack can be older than it.
 */
const RENAMES: readonly Rename[] = [];

/** Gives each renamed child the alias under which a stack knows it. */
export const carryAliases =
  (plane: string, renames: readonly Rename[] = RENAMES): ResourceTransformation =>
  ({ name, props, opts }) => {
    const aliases = renames.filter(({ now }) => name === plane + now).map(({ was }) => ({ name: plane + was }));
    return aliases.length === 0 ? undefined : { props, opts: { ...opts, aliases: [...(opts.aliases ?? []), ...aliases] } };
  };
