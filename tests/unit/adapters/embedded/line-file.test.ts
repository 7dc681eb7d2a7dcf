import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LineFile } from '../../../../adapters/embedded/line-file.ts';

const DAY = 24 * 3_600_000;
const ROTATION = { maxBytes: 100, maxAgeMs: 30 * DAY, keep: 3 };

function fileBed() {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = { at: Date.now(), now: () => clock.at };
  const faults: unknown[] = [];
  const path = join(folder, 'logs', 'audit.log');
  const open = (at = path) => new LineFile(at, { clock, onFault: (error) => faults.push(error), rotation: ROTATION });
  const names = () => readdirSync(join(folder, 'logs')).sort();
  const lines = (name = 'audit.log') =>
    readFileSync(join(folder, 'logs', name), 'utf8')
      .split('\n')
      .slice(0, -1);
  return { folder, clock, faults, path, open, names, lines };
}

describe('a file of lines', () => {
  it('has each line at once, also after it was opened again', () => {
    const { open, lines } = fileBed();
    const first = open();
    first.write('one');
    expect(lines()).toEqual(['one']);
    first.close();
    first.write('after its end');
    open().write('two');
    expect(lines()).toEqual(['one', 'two']);
  });

  it('begins anew by size, keeps so many and loses no line of those', () => {
    const { open, names, lines } = fileBed();
    const file = open();
    const written = Array.from({ length: 40 }, (_, at) => `line ${String(at).padStart(3, '0')} é`);
    for (const line of written) file.write(line);
    expect(names()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2', 'audit.log.3']);
    const kept = ['audit.log.3', 'audit.log.2', 'audit.log.1', 'audit.log'].flatMap((name) => lines(name));
    expect(kept).toEqual(written.slice(-kept.length));
    expect(kept.length).toBeGreaterThan(20);
  });

  it('counts what is there already, and lets a line that is too long have a file of its own', () => {
    const { open, lines } = fileBed();
    open().write('a'.repeat(90));
    const again = open();
    again.write('b'.repeat(500));
    again.write('c');
    expect([lines('audit.log.2'), lines('audit.log.1'), lines()]).toEqual([['a'.repeat(90)], ['b'.repeat(500)], ['c']]);
  });

  it('begins anew by age, and deletes what has been left for as long', () => {
    const { open, clock, names, lines, folder, path } = fileBed();
    const file = open();
    file.write('old');
    clock.at += 30 * DAY + 1000;
    // Its last line is of yesterday.
    utimesSync(path, clock.at / 1000, clock.at / 1000 - 86_400);
    file.write('young');
    expect([lines('audit.log.1'), lines()]).toEqual([['old'], ['young']]);
    const long = (clock.at - 31 * DAY) / 1000;
    utimesSync(join(folder, 'logs', 'audit.log.1'), long, long);
    open();
    expect(names()).toEqual(['audit.log']);
  });

  it('may be read by its owner alone, also what was begun anew', () => {
    const { open, names, folder } = fileBed();
    const file = open();
    for (let at = 0; at < 30; at += 1) file.write('0123456789');
    for (const name of names()) expect(statSync(join(folder, 'logs', name)).mode & 0o777).toBe(0o600);
  });

  it('goes on where it could not be opened anew for a while', () => {
    const { open, lines, folder, faults } = fileBed();
    const file = open();
    file.write('a'.repeat(90));
    renameSync(join(folder, 'logs'), join(folder, 'away'));
    for (const line of ['b'.repeat(90), 'lost']) file.write(line);
    expect(faults).toHaveLength(1);
    renameSync(join(folder, 'away'), join(folder, 'logs'));
    file.write('again');
    expect(lines().at(-1)).toBe('again');
  });

  it('tells what cannot be written and harms nobody', () => {
    const { open, faults, path } = fileBed();
    open().write('one');
    const blocked = open(join(path, '..'));
    blocked.write('nowhere');
    blocked.close();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ code: 'EISDIR' });
  });
});
