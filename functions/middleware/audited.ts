import type middy from '@middy/core';
import { EnvironmentNotFoundError, ForbiddenError } from '../../shared/access/access-errors.ts';
import { problemOf } from '../../shared/api/problem-of.ts';
import type { HttpEvent, HttpResponse } from './http-event.ts';
import type { HttpInput } from './http-input.ts';
import { currentInvocation, noteKeys } from './invocation.ts';

/** Parts of a request that say what it was about; the rest may be large. */
const ABOUT = ['runId', 'component', 'key', 'environment', 'reason', 'id', 'name'] as const;

/** What is kept of a call beside its event, which is gone when an error comes. */
interface Kept {
  asked?: { readonly actor: string; readonly [about: string]: unknown };
}

interface Audited {
  readonly reads: boolean;
  readonly route: string;
  readonly actorOf: (event: HttpEvent) => string;
}

/** Whatever changes something is in the audit log, with who asked for it and what came of it. Reads are logged in debugging only. */
export const audited = ({ reads, route, actorOf }: Audited): middy.MiddlewareObj => {
  const tell = ({ asked }: Kept, status: number, more: object = {}) => {
    if (reads || !asked) return;
    const outcome = status < 400 ? 'done' : 'refused';
    currentInvocation()?.telemetry.audit({ action: route, ...asked, status, outcome, ...more });
  };
  return {
    before: ({ event, internal }) => {
      const { event: arrived, input } = event as HttpInput<Record<string, unknown>>;
      const actor = actorOf(arrived);
      const about = ABOUT.flatMap((name) => (input?.[name] === undefined ? [] : [[name, input[name]] as const]));
      (internal as Kept).asked = { actor, ...Object.fromEntries(about) };
      noteKeys({ actor, run_id: input?.['runId'], component: input?.['component'] });
      const invocation = currentInvocation();
      if (reads && invocation) invocation.level = 'debug';
    },
    after: ({ response, internal }) => tell(internal as Kept, (response as HttpResponse).statusCode),
    onError: ({ error, internal }) => {
      // Who was not let in is told where that was decided.
      if (error instanceof ForbiddenError || error instanceof EnvironmentNotFoundError) return;
      const { status, code } = problemOf(error);
      tell(internal as Kept, status, { code });
    },
  };
};
