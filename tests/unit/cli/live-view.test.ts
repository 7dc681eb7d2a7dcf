import { describe, expect, it } from 'vitest';
import { liveView } from '../../../cli/live-view.ts';

function world(terminal?: { columns: number; rows: number }) {
  const written: string[] = [];
  let now = 0;
  const output = {
    write: (text: string) => void written.push(text),
    isTerminal: terminal !== undefined,
    columns: terminal?.columns,
    rows: terminal?.rows,
  };
  const options = { now: () => now };
  return { written, output, options, pass: (ms: number) => (now += ms) };
}

describe('progress in a pipe', () => {
  it('is a plain line every five seconds, or at once where there is news', () => {
    const { written, output, options, pass } = world();
    const view = liveView(output, options, false);
    view.show(['block'], 'one');
    view.show(['block'], 'two');
    pass(5000);
    view.show(['block'], 'three');
    view.show(['block'], 'four', true);
    view.show(['block'], 'four', true);
    view.clear();
    expect(written).toEqual(['one\n', 'three\n', 'four\n']);
  });
});

describe('progress on a terminal', () => {
  it('is repainted in place, with what is printed above it', () => {
    const { written, output, options } = world({ columns: 80, rows: 24 });
    const view = liveView(output, options, false);
    view.show(['a', 'b'], '');
    view.show(['c'], '');
    view.print('news');
    view.clear();
    expect(written).toEqual(['a\nb\n', '\r\u001b[2A\u001b[Jc\n', '\r\u001b[1A\u001b[Jnews\nc\n', '\r\u001b[1A\u001b[J']);
  });

  it('fits a terminal that is narrow and low', () => {
    const { written, output, options } = world({ columns: 10, rows: 4 });
    liveView(output, options, false).show(['0123456789', 'b', 'c', 'd'], '');
    expect(written).toEqual(['01234567…\nb\n… and 2 …\n']);
  });

  it('moves no cursor where the terminal is to be plain', () => {
    const { written, output, options } = world({ columns: 80, rows: 24 });
    const view = liveView(output, options, true);
    view.show(['block'], 'line');
    view.clear();
    expect(written).toEqual(['line\n']);
  });
});
