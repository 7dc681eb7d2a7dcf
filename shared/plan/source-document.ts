import { Composer, type CST, type Document, isScalar, LineCounter, Parser, type YAMLError } from 'yaml';
import { type Locate, type Position, type Problem, type ProblemCode, problem } from './problem.ts';
import { locator } from './source-location.ts';
import { MAX_DEPTH, readNodes } from './source-nodes.ts';

/** The largest plan that is read, in bytes of UTF-8. */
const MAX_BYTES = 1_000_000;

/** A plan's text as plain data, with what is wrong with the text itself and where each part of it stands. */
export interface SourceDocument {
  /** What could be read; undefined where nothing could. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly locate: Locate;
}

const nowhere: Locate = () => undefined;

/** Reads YAML 1.2 or JSON text. Never throws; work is bounded whatever the text. */
export function readSource(source: string, format: 'yaml' | 'json'): SourceDocument {
  const bytes = Buffer.byteLength(source);
  if (bytes > MAX_BYTES) {
    const message = `The plan has ${bytes} bytes; at most ${MAX_BYTES} are read. Split it, or move data out of it.`;
    return failed(problem('TOO_LARGE', [], message, { position: { line: 1, column: 1 } }));
  }
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const at = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const deep = deepestOffset(tokens);
  if (deep !== undefined) {
    return failed(
      problem('TOO_DEEP', [], `The plan is nested more than ${MAX_DEPTH} levels deep. Flatten it.`, { position: at(deep) }),
    );
  }
  return readDocuments(text, tokens, format, at);
}

function readDocuments(
  text: string,
  tokens: CST.Token[],
  format: 'yaml' | 'json',
  at: (offset: number) => Position,
): SourceDocument {
  const options = { uniqueKeys: false, prettyErrors: false, resolveKnownTags: false, version: '1.2' } as const;
  const [document, second] = [...new Composer(options).compose(tokens)] as Document.Parsed[];
  if (document === undefined || (document.errors.length === 0 && isEmpty(document) && second === undefined)) {
    return failed(
      problem('EMPTY_PLAN', [], 'The plan is empty. Write a first one with `slipway init`.', {
        position: { line: 1, column: 1 },
      }),
    );
  }
  const found = document.errors.map((error) => syntaxProblem(error, at));
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
    const message = `The plan asks for YAML ${document.directives.yaml.version}; only 1.2 is read. Remove the %YAML line.`;
    found.push(problem('UNSUPPORTED_YAML', [], message, { position: { line: 1, column: 1 } }));
  }
  if (second !== undefined) {
    const message = 'The file holds more than one document; a plan is one. Put each plan into its own file.';
    found.push(problem('MULTIPLE_DOCUMENTS', [], message, { position: at(second.range[0]) }));
  }
  if (format === 'json' && found.length === 0) found.push(...jsonProblems(text, at));
  const nodes = readNodes(document, at);
  return { value: nodes.value, problems: [...found, ...nodes.problems], locate: locator(document, nodes.anchors, at) };
}

const failed = (only: Problem): SourceDocument => ({ value: undefined, problems: [only], locate: nowhere });

function isEmpty(document: Document.Parsed): boolean {
  const { contents } = document;
  return contents === null || (isScalar(contents) && contents.value === null && !contents.source);
}

/** Where the nesting first passes the limit. The composer recurses, so this is looked at before it runs. */
function deepestOffset(tokens: readonly CST.Token[]): number | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return token.offset;
    if ('value' in token && typeof token.value === 'object' && token.value !== null) open.push({ token: token.value, depth });
    for (const item of 'items' in token ? token.items : []) {
      for (const child of [item.key, item.value]) if (child) open.push({ token: child, depth: depth + 1 });
    }
  }
  return undefined;
}

const SYNTAX_HINTS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'The indentation does not fit. Indent the parts of one list or mapping by the same number of spaces.',
  TAB_AS_INDENT: 'A tab indents this line; YAML takes spaces only. Replace it.',
  MISSING_CHAR: 'A character is missing here, such as a closing quote or bracket, a colon or a comma.',
  UNEXPECTED_TOKEN: 'This cannot stand here. Put text with special characters into quotes.',
  MULTILINE_IMPLICIT_KEY: 'A key must stand on one line. Look for a missing colon or a wrong indentation above.',
  KEY_OVER_1024_CHARS: 'A key has more than 1024 characters. Shorten it.',
};

function syntaxProblem(error: YAMLError, at: (offset: number) => Position): Problem {
  const code: ProblemCode = error.code === 'TAG_RESOLVE_FAILED' ? 'UNSUPPORTED_TAG' : 'SYNTAX';
  const hint = SYNTAX_HINTS[error.code] ?? 'The text is not valid YAML here. Correct it.';
  return problem(code, [], `${hint} (${error.message})`, { position: at(error.pos[0]) });
}

function jsonProblems(text: string, at: (offset: number) => Position): Problem[] {
  try {
    JSON.parse(text);
    return [];
  } catch {
    const message = 'The file is called JSON and is not valid JSON here. Correct it, or name it .yaml.';
    return [problem('NOT_JSON', [], message, { position: at(firstNonJson(text)) })];
  }
}

const JSON_TOKEN =
  /[ \t\r\n]*(?:[{}[\]:]|,(?![ \t\r\n]*[\]},])|"[^"\\]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** Where the text first holds what JSON does not know: a comment, a word without quotes, a comma too many. JSON.parse itself seldom says. */
function firstNonJson(text: string): number {
  const token = new RegExp(JSON_TOKEN);
  let end = 0;
  while (token.test(text)) end = token.lastIndex;
  return end + (/^[ \t\r\n]*/.exec(text.slice(end))?.[0].length ?? 0);
}
