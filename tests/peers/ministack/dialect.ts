/** One thing that is written otherwise for the peer. */
export interface Change {
  /** Such as `States.Segments.ItemProcessor.ProcessorConfig`. */
  readonly path: string;
  readonly rule: keyof typeof RULES;
}

/** What the peer's interpreter lacks, as seen in MiniStack 1.5.33, and what is written instead. Nothing else is changed. */
export const RULES = {
  'inline-map':
    'A distributed Map reads ItemsPath and a JSONPath ItemSelector only, not Items and JSONata: it runs inline, in the execution of its machine.',
  'succeed-output': 'A Succeed state ignores Output: it is a Pass state that ends.',
  'default-output':
    'A Choice state ignores its own Output on the way to Default: a Pass state with that Output stands between them.',
  'fixed-timeout': 'TimeoutSeconds is taken as a number only: an expression is replaced by an hour.',
  'unnamed-errors':
    'What a Node handler throws is told as Runtime.HandlerError, not by its name: what repeats errors of ours repeats that too.',
} as const;

type Fields = { readonly [field: string]: unknown };
type States = { readonly [name: string]: Fields };

const HOUR = 3600;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isExpression = (value: unknown): boolean => typeof value === 'string' && value.startsWith('{%');
const without = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** A definition as the peer understands it, and every place where it differs. */
export function inDialect(definition: string): { readonly definition: string; readonly changes: readonly Change[] } {
  const changes: Change[] = [];
  const translated = translateStates(JSON.parse(definition) as Fields, '', (path, rule) => changes.push({ path, rule }));
  return { definition: JSON.stringify(translated), changes };
}

type Note = (path: string, rule: Change['rule']) => void;

function translateStates(machine: Fields, at: string, note: Note): Fields {
  const states = Object.entries(machine['States'] as States).flatMap(([name, state]) =>
    Object.entries(translate(name, state, `${at}States.`, note)),
  );
  return { ...machine, States: Object.fromEntries(states) };
}

/** One state becomes itself or, with a state that must follow it, two. */
function translate(name: string, state: Fields, at: string, note: Note): States {
  const path = `${at}${name}`;
  switch (state['Type']) {
    case 'Succeed':
      if (!('Output' in state)) return { [name]: state };
      note(path, 'succeed-output');
      return { [name]: { ...state, Type: 'Pass', End: true } };
    case 'Choice':
      return 'Output' in state ? withDefaultOutput(name, state, path, note) : { [name]: state };
    case 'Map':
      return { [name]: translateMap(state, path, note) };
    default:
      return { [name]: withUnnamedErrors(withFixedTimeout(state, path, note), path, note) };
  }
}

function withFixedTimeout(state: Fields, path: string, note: Note): Fields {
  if (!isExpression(state['TimeoutSeconds'])) return state;
  note(`${path}.TimeoutSeconds`, 'fixed-timeout');
  return { ...state, TimeoutSeconds: HOUR };
}

/** Names of errors that the service tells itself have a dot. */
const isOurs = (error: string): boolean => !error.includes('.');

function withUnnamedErrors(state: Fields, path: string, note: Note): Fields {
  const { Retry } = state as { readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[] };
  if (Retry?.some(({ ErrorEquals }) => ErrorEquals.some(isOurs)) !== true) return state;
  note(`${path}.Retry`, 'unnamed-errors');
  const repeated = Retry.map((rule) =>
    rule.ErrorEquals.some(isOurs) ? { ...rule, ErrorEquals: [...rule.ErrorEquals, 'Runtime.HandlerError'] } : rule,
  );
  return { ...state, Retry: repeated };
}

function withDefaultOutput(name: string, state: Fields, path: string, note: Note): States {
  const between = `${name}Default`;
  note(path, 'default-output');
  note(path.replace(/[^.]+$/, between), 'default-output');
  return {
    [name]: { ...without(state, 'Output'), Default: between },
    [between]: { Type: 'Pass', Output: state['Output'], Next: state['Default'] },
  };
}

function translateMap(state: Fields, path: string, note: Note): Fields {
  const processor = state['ItemProcessor'];
  if (!isFields(processor)) return state;
  const inner = translateStates(processor, `${path}.ItemProcessor.`, note);
  if (!isFields(processor['ProcessorConfig']) || processor['ProcessorConfig']['Mode'] !== 'DISTRIBUTED') {
    return { ...state, ItemProcessor: inner };
  }
  note(`${path}.Label`, 'inline-map');
  note(`${path}.ItemProcessor.ProcessorConfig`, 'inline-map');
  return { ...without(state, 'Label'), ItemProcessor: { ...inner, ProcessorConfig: { Mode: 'INLINE' } } };
}
