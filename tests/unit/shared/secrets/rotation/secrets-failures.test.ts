import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/secrets-failures.md');

/** `file: title`, the file of the rotation's peer suite unless it says where. */
const named = [...page.matchAll(/`([\w./-]+): ([^`]+)`/g)].map(([, file = '', title = '']) => ({
  path: file.startsWith('tests/') ? `${file}.test.ts` : `tests/peers/rotation/${file}.ts`,
  title,
}));

describe('what can go wrong with a rotation', () => {
  it('is a table each of whose rows names a test', () => {
    const rows = page.split('\n').filter((line) => /^\| (?!what goes wrong|---)/.test(line));
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((row) => !/\| `[\w./-]+: [^|]+` \|$/.test(row))).toEqual([]);
  });

  it.each(named)('is played by "$title" of $path', ({ path, title }) => {
    expect(existsSync(new URL(path, root))).toBe(true);
    expect(["'", '"', '`'].some((quote) => read(path).includes(quote + title))).toBe(true);
  });

  it.each(['refusal-scenarios', 'crash-scenarios', 'planted-scenarios'])('has a row for every test of %s', (file) => {
    const titles = [...read(`tests/peers/rotation/${file}.ts`).matchAll(/\bit(?:\.each\([^;]*?\))?\(\s*'([^']+)'/gs)];
    expect(titles.length).toBeGreaterThan(0);
    expect(titles.map(([, title]) => title).filter((title) => !named.some((one) => one.title === title))).toEqual([]);
  });
});
