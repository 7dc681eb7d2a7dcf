/** Lines of an `authorized_keys` file: options, type, key in base64, comment. A key is told by its base64 alone. */

const MARK = 'slipway-rotation';

/** With another key beside one that is there, for the same purposes: it gets the options of that one's line. */
export function withKey(
  text: string,
  beside: string,
  { type, base64 }: { readonly type: string; readonly base64: string },
): string {
  const lines = linesOf(text);
  if (lines.some((line) => holds(line, base64))) return text;
  const line = lines.find((found) => holds(found, beside)) ?? '';
  const options = new RegExp(`^(.*?)(\\S+)\\s+${escaped(beside)}`).exec(line)?.[1] ?? '';
  return rendered([...lines, `${options}${type} ${base64} ${MARK}`]);
}

/** Without one key; the lines of all others stay as they are. */
export const withoutKey = (text: string, base64: string): string =>
  holdsKey(text, base64) ? rendered(linesOf(text).filter((line) => !holds(line, base64))) : text;

export const holdsKey = (text: string, base64: string): boolean => linesOf(text).some((line) => holds(line, base64));

const holds = (line: string, base64: string): boolean => !/^\s*#/.test(line) && line.split(/\s+/).includes(base64);
const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const rendered = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const escaped = (text: string): string => text.replace(/[+/=]/g, '\\$&');
