export interface TaskFunctions {
  /** What the functions of the environment's declared Tasks are called, before the name of the Task; undefined: none may be called. */
  readonly prefix: string | undefined;
  /** Functions made elsewhere that plans may call too: names or ARNs, a `*` at the end for any rest. */
  readonly others: readonly string[];
}

/** The name or ARN of the function that a plan means by `run: <task>`; undefined for what is no name of a Task. */
export function taskFunction({ prefix, others }: TaskFunctions, task: string): string | undefined {
  if (task.startsWith('./')) return undefined;
  const account = others.flatMap((reference) => {
    const start = reference.lastIndexOf(':') + 1;
    return fits(reference.slice(start), task) ? [reference.slice(0, start)] : [];
  })[0];
  if (account !== undefined) return account + task;
  return prefix === undefined ? undefined : prefix + task;
}

const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
