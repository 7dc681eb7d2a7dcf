export interface AmbiguousStep {
  readonly runId: string;
  readonly component: string;
  readonly step: number;
}

/**
 * The person's next action where nobody knows whether a manual effect landed. `retry`: the run may go forward still; `again`: the command
 * that began the rollback which it stopped.
 */
export function askWhetherItStands(
  { runId, component, step }: AmbiguousStep,
  {
    retry = false,
    again = `slipway rollback ${runId} -m REASON`,
  }: { readonly retry?: boolean; readonly again?: string | undefined } = {},
): string {
  const word = `--stands ${component}/${step}=yes|no`;
  const back = `${again} ${word}`;
  const commands = retry ? `slipway retry ${runId} ${word}, or: ${back}` : back;
  return `Find out whether the effect of step ${step} of ${component} stands, then: ${commands}`;
}
