// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for the escape sequences of colours
const COLOUR = /(\u001b\[[0-9;]*m)/;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;
const COMBINING = /\p{Mark}|\u200d|\ufe0f/u;

const charWidth = (char: string): number => (COMBINING.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

/** Columns that a line of text takes on a terminal, colours apart. */
export const widthOf = (line: string): number =>
  line
    .split(COLOUR)
    .reduce((width, part, index) => width + (index % 2 === 1 ? 0 : [...part].reduce((sum, char) => sum + charWidth(char), 0)), 0);

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** A line that fits, with `…` where something was left out. Colours in it stay whole and end with it. */
export function cut(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  let left = Math.max(0, columns - 1);
  let kept = '';
  for (const [index, part] of line.split(COLOUR).entries()) {
    if (index % 2 === 1) {
      kept += part;
      continue;
    }
    for (const char of part) {
      left -= charWidth(char);
      if (left < 0) return `${kept}…${kept.includes('\u001b') ? '\u001b[0m' : ''}`;
      kept += char;
    }
  }
  return kept;
}

/** Text in lines of at most so many columns, broken between words; a longer word stands alone. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
