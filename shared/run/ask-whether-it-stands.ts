export interface AmbiguousStep {
  readonly runId: string;
  readonly component: string;
  readonly step: number;
}

/** The person's next action where nobody knows whether a manual effect landed. `retry`: the run may go forward still. */
export function askWhetherItStands({ runId, component, step }: AmbiguousStep, retry = false): string {
  const word = `--stands ${component}/${step}=yes|no`;
  const back = `slipway rollback ${runId} -m REASON ${word}`;
  const commands = retry ? `slipway retry ${runId} ${word}, or: ${back}` : back;
  return `Find out whether the effect of step ${step} of ${component} stands, then: ${commands}`;
}
