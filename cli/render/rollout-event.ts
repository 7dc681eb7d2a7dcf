import type { TimelineEvent } from '../../shared/api/timeline.ts';
import { flagDefinition } from '../../shared/flags/flag-document.ts';
import { flagSummary } from './flag-report.ts';

type Data = TimelineEvent['data'];

/** What an event of a rollout or a flag says, in words; undefined: its facts are told as they are. */
export function rolloutEventText(type: string, data: Data): string | undefined {
  switch (type) {
    case 'stageEntered':
      return `${stageText(data)}, watched from now on`;
    case 'stageHeld':
      return texts(data['held']).join(' ') || 'nothing holds it any more';
    case 'verdictRecorded':
      return `${data['decision']} at ${stageText(data)}${data['byHand'] === true ? ', by hand' : ''}: ${whyText(data)}`;
    case 'guardrailAlert':
      return guardrailText(data);
    case 'stagePromoted':
      return `${stageText(data)} by hand${reasonOf(data)}`;
    case 'stageLowered':
      return `back to ${stageText(data)}${reasonOf(data)}`;
    case 'flagPut':
      return `${documentText(data)}${reasonOf(data)}`;
    case 'flagShifted':
      return `${documentText(data)}, by run ${data['runId']}`;
    case 'flagRestored':
      return `${documentText(data)} as before, by run ${data['runId']}${trippedText(data)}`;
    case 'flagOwned':
      return `run ${data['runId']} has it now`;
    case 'flagReleased':
      return `run ${data['runId']} let it go${trippedText(data)}`;
    default:
      return undefined;
  }
}

/** `stage 2 (10 %)`: people count from 1. */
const stageText = ({ stage, percent }: Data): string =>
  `stage ${Number(stage) + 1}${typeof percent === 'number' ? ` (${percent} %)` : ''}`;

const reasonOf = ({ reason }: Data): string => (typeof reason === 'string' && reason !== '' ? `: ${reason}` : '');

function whyText({ reasons, checks }: Data): string {
  const count = Array.isArray(checks) ? checks.length : 0;
  return texts(reasons).join(' ') || `${count} check${count === 1 ? '' : 's'} passed`;
}

/** What went off, and what is quiet again; both can be of one look. */
function guardrailText({ began, ended }: Data): string {
  const off = Array.isArray(began) ? began.map((one) => `${fieldOf(one, 'name')} went off: ${fieldOf(one, 'sentence')}`) : [];
  const quiet = texts(ended).map((name) => `${name} is quiet again`);
  return [...off, ...quiet].join('; ');
}

const fieldOf = (value: unknown, name: string): string => String((value as { readonly [name: string]: unknown } | null)?.[name]);

function documentText({ document }: Data): string {
  const parsed = flagDefinition.safeParse(document);
  return parsed.success ? flagSummary(parsed.data) : 'a definition of another release';
}

function trippedText({ tripped }: Data): string {
  if (typeof tripped !== 'object' || tripped === null || Array.isArray(tripped)) return '';
  return `; it had tripped: ${tripped['reason']} (${tripped['by']})`;
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
