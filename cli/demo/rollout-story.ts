import type { RunEvent } from '../../shared/ports/events.ts';

export interface StageStory {
  readonly percent: number;
  /** Epoch ms. */
  readonly enteredAt: number;
  readonly judgedAt?: number;
  readonly decision?: string;
  /** What was said of it, a sentence a check. */
  readonly sentences: readonly string[];
}

/** What happened to the flag and to its run, in epoch ms. */
export interface RolloutStory {
  readonly stages: readonly StageStory[];
  readonly tripped?: { readonly at: number; readonly by: string; readonly reason: string; readonly heardAt: number };
  readonly rolledBackAt?: number;
}

export const NOTHING_YET: RolloutStory = { stages: [] };

/** The story with one more event. Events that were told before, or of which it makes nothing, change nothing. */
export function tell(story: RolloutStory, { type, at, actor, data }: RunEvent, now: number): RolloutStory {
  switch (type) {
    case 'stageEntered': {
      const percent = Number(data['percent']);
      if (story.stages.some((stage) => stage.percent === percent)) return story;
      return { ...story, stages: [...story.stages, { percent, enteredAt: at, sentences: [] }] };
    }
    case 'verdictRecorded':
      return { ...story, stages: story.stages.map((stage) => judged(stage, at, data)) };
    case 'flagTripped':
      return story.tripped ? story : { ...story, tripped: { at, by: actor, reason: String(data['reason']), heardAt: now } };
    case 'statusChanged':
      return data['to'] === 'rolled-back' ? { ...story, rolledBackAt: at } : story;
    default:
      return story;
  }
}

function judged(stage: StageStory, at: number, data: RunEvent['data']): StageStory {
  if (stage.percent !== data['percent'] || stage.decision !== undefined || data['decision'] === 'hold') return stage;
  const checks = (data['checks'] ?? []) as readonly { readonly sentence: string }[];
  return { ...stage, judgedAt: at, decision: String(data['decision']), sentences: checks.map(({ sentence }) => sentence) };
}
