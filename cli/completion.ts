import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof SHELLS)[number];

interface Verb {
  /** `quarantine list` for a command of a command. */
  readonly words: string;
  readonly description: string;
  readonly flags: readonly { readonly name: string; readonly description: string }[];
  readonly takesFile: boolean;
}

/** Verbs and flags of the program as a script that its shell reads. */
export function completionScript(shell: ShellName, program: Command): string {
  const verbs = verbsOf(program);
  const common = flagsOf(program);
  return { bash, zsh, fish }[shell](verbs, common);
}

const flagsOf = (command: Command): Verb['flags'] =>
  command.options.flatMap(({ long, description }) => (long ? [{ name: long, description }] : []));

function verbsOf(command: Command, prefix = ''): Verb[] {
  return command.commands.flatMap((verb): Verb[] => [
    {
      words: `${prefix}${verb.name()}`,
      description: verb.description(),
      flags: flagsOf(verb),
      takesFile: verb.registeredArguments.some((argument) => ['file', 'dir'].includes(argument.name())),
    },
    ...verbsOf(verb, `${prefix}${verb.name()} `),
  ]);
}

const top = (verbs: readonly Verb[]) => verbs.filter(({ words }) => !words.includes(' '));

/** What may follow a verb: its flags, and the commands below it. */
const wordsAfter = (verb: Verb, verbs: readonly Verb[]): string[] => [
  ...verbs.flatMap(({ words }) => (words.startsWith(`${verb.words} `) ? [words.slice(verb.words.length + 1)] : [])),
  ...verbs.flatMap(({ words, flags }) =>
    words === verb.words || words.startsWith(`${verb.words} `) ? flags.map(({ name }) => name) : [],
  ),
];

function bash(verbs: readonly Verb[], common: Verb['flags']): string {
  const shared = common.map(({ name }) => name).join(' ');
  const cases = top(verbs).map((verb) => {
    const words = [...new Set(wordsAfter(verb, verbs))].join(' ');
    return `    ${verb.words}) words="${`${words} ${shared}`.trim()}" ;;`;
  });
  return `# slipway completions for bash:  source <(slipway completion bash)
_slipway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" verb="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) verb="$word"; break ;; esac
  done
  case "$verb" in
    "") words="${top(verbs)
      .map(({ words }) => words)
      .join(' ')} ${shared}" ;;
${cases.join('\n')}
    *) words="${shared}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _slipway slipway
`;
}

function zsh(verbs: readonly Verb[], common: Verb['flags']): string {
  const named = top(verbs).map(({ words, description }) => `    ${single(`${words}:${description.replaceAll(':', '\\:')}`)}`);
  const shared = common.map(({ name }) => single(name)).join(' ');
  const cases = top(verbs).map(
    (verb) => `      ${verb.words}) compadd -- ${[...new Set(wordsAfter(verb, verbs))].map(single).join(' ')} ${shared} ;;`,
  );
  return `#compdef slipway
# slipway completions for zsh:  source <(slipway completion zsh)
_slipway() {
  local -a verbs
  verbs=(
${named.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' verbs
    compadd -- ${shared}
  else
    case "$words[2]" in
${cases.join('\n')}
    esac
    _files
  fi
}
compdef _slipway slipway
`;
}

function fish(verbs: readonly Verb[], common: Verb['flags']): string {
  const lines = [
    ...common.map(({ name, description }) => `complete -c slipway -l ${name.slice(2)} -d ${single(description)}`),
    ...top(verbs).map(
      ({ words, description }) => `complete -c slipway -f -n __fish_use_subcommand -a ${words} -d ${single(description)}`,
    ),
    ...verbs.flatMap(({ words, flags, takesFile }) => {
      const [verb = '', below] = words.split(' ');
      const when = single(`__fish_seen_subcommand_from ${verb}`);
      return [
        ...(below === undefined ? [] : [`complete -c slipway -f -n ${when} -a ${below}`]),
        ...(takesFile ? [`complete -c slipway -F -n ${when}`] : []),
        ...flags.map(({ name, description }) => `complete -c slipway -n ${when} -l ${name.slice(2)} -d ${single(description)}`),
      ];
    }),
  ];
  return `# slipway completions for fish:  slipway completion fish | source\n${lines.join('\n')}\n`;
}

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
