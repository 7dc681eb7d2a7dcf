import { describe, expect, it } from 'vitest';
import { inTurns } from '../../../../adapters/embedded/in-turns.ts';

/** Work whose turns end when the test says so. */
function bed() {
  const begun: PromiseWithResolvers<string>[] = [];
  const ask = inTurns(() => {
    const turn = Promise.withResolvers<string>();
    begun.push(turn);
    return turn.promise;
  });
  const settled = async () => {
    for (let at = 0; at < 10; at += 1) await Promise.resolve();
    return begun.length;
  };
  return { begun, ask, settled };
}

describe('inTurns', () => {
  it('does the work once for all who ask in the same moment', async () => {
    const { begun, ask, settled } = bed();
    const asked = [ask(), ask(), ask()];
    expect(await settled()).toBe(1);
    begun[0]?.resolve('first');
    expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
  });

  it('gives nobody what was begun before they asked, and all of those the next turn', async () => {
    const { begun, ask, settled } = bed();
    const first = ask();
    await settled();
    const later = [ask(), ask()];
    expect(await settled()).toBe(1);
    begun[0]?.resolve('first');
    expect(await first).toBe('first');
    expect(await settled()).toBe(2);
    begun[1]?.resolve('second');
    expect(await Promise.all(later)).toEqual(['second', 'second']);
  });

  it('fails for those of the turn that failed, and goes on', async () => {
    const { begun, ask, settled } = bed();
    const first = ask();
    await settled();
    const later = ask();
    begun[0]?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    expect(await settled()).toBe(2);
    begun[1]?.resolve('second');
    expect(await later).toBe('second');
  });
});
