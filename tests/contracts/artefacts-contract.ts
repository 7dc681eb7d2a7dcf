import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreRejectedError } from '../../shared/errors/store-errors.ts';
import type { Artefacts } from '../../shared/ports/artefacts.ts';

export interface ArtefactsUnderTest {
  readonly artefacts: Artefacts;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const text = async (artefacts: Artefacts, key: string): Promise<string | undefined> => {
  const body = await artefacts.get(key);
  return body && new TextDecoder().decode(body);
};

const listed = async (artefacts: Artefacts, prefix: string): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const key of artefacts.list(prefix)) keys.push(key);
  return keys;
};

/** What every store of artefacts promises, run on each of them. Cases keep apart by folders of their own. */
export const artefactsContract = (name: string, open: () => Promise<ArtefactsUnderTest>): void => {
  describe(`artefacts contract: ${name}`, () => {
    let opened: ArtefactsUnderTest;
    const artefacts = (): Artefacts => opened.artefacts;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });

    it('gives back what was put, byte by byte', async () => {
      const body = Uint8Array.from({ length: 70_000 }, (_, at) => at % 256);
      expect(await artefacts().putOnce('bytes/all.bin', body)).toBe(true);
      expect(Buffer.compare((await artefacts().get('bytes/all.bin')) ?? bytes('none'), body)).toBe(0);
      expect(await artefacts().putOnce('bytes/empty', new Uint8Array())).toBe(true);
      expect(await artefacts().get('bytes/empty')).toHaveLength(0);
    });

    it('gives nothing where nothing was put', async () => {
      expect(await artefacts().get('nowhere/at/all')).toBeUndefined();
      await artefacts().putOnce('folder/file', bytes('x'));
      expect(await artefacts().get('folder')).toBeUndefined();
      expect(await artefacts().get('folder/file/deeper')).toBeUndefined();
    });

    it('keeps the first body of a key', async () => {
      expect(await artefacts().putOnce('once/key', bytes('first'))).toBe(true);
      expect(await artefacts().putOnce('once/key', bytes('second'))).toBe(false);
      expect(await text(artefacts(), 'once/key')).toBe('first');
    });

    it('lets one of many writers of a key win, with its whole body', async () => {
      const bodies = Array.from({ length: 12 }, (_, at) => String(at).repeat(50_000));
      const won = await Promise.all(bodies.map((body) => artefacts().putOnce('race/key', bytes(body))));
      expect(won.filter((applied) => applied)).toHaveLength(1);
      expect(await text(artefacts(), 'race/key')).toBe(bodies[won.indexOf(true)]);
    });

    it('removes a key, which is then free again', async () => {
      await artefacts().putOnce('gone/key', bytes('1'));
      await artefacts().remove('gone/key');
      await artefacts().remove('gone/key');
      expect(await artefacts().get('gone/key')).toBeUndefined();
      expect(await artefacts().putOnce('gone/key', bytes('2'))).toBe(true);
    });

    it('puts a key beside others that go at that moment', async () => {
      let over = false;
      const removing = Array.from({ length: 8 }, async (_, at) => {
        while (!over) await artefacts().remove(`churn/deep/folder/${at}`);
      });
      for (let round = 0; round < 100; round += 1) {
        expect(await artefacts().putOnce('churn/deep/folder/key', bytes('x'))).toBe(true);
        await artefacts().remove('churn/deep/folder/key');
      }
      over = true;
      await Promise.all(removing);
      expect(await listed(artefacts(), 'churn/')).toEqual([]);
    });

    it('lists keys that begin so, ascending', async () => {
      const keys = ['list/a', 'list/a-b/c', 'list/a.b', 'list/a0', 'list/b/1', 'list/b/10', 'list/b/2', 'lists/other'];
      for (const key of keys.toReversed()) await artefacts().putOnce(key, bytes(key));
      const under = (prefix: string) => listed(artefacts(), prefix);
      expect(await under('list/')).toEqual(keys.slice(0, 7).sort());
      expect(await under('list/a')).toEqual(keys.slice(0, 4).sort());
      expect(await under('list/b/1')).toEqual(['list/b/1', 'list/b/10']);
      expect(await under('list/c')).toEqual([]);
      expect(await under('no-such-folder/')).toEqual([]);
    });

    it('lists more keys than one answer holds', async () => {
      const keys = Array.from({ length: 1_050 }, (_, at) => `many/${String(at).padStart(5, '0')}`);
      for (let from = 0; from < keys.length; from += 50) {
        await Promise.all(keys.slice(from, from + 50).map((key) => artefacts().putOnce(key, bytes('.'))));
      }
      expect(await listed(artefacts(), 'many/')).toEqual(keys);
    });

    it('refuses keys that lead elsewhere', async () => {
      const keys = [
        '',
        '/',
        '/etc/passwd',
        '../up',
        'a/../b',
        'a//b',
        'a/',
        './a',
        'a/.',
        '.hidden',
        'a/.b',
        'a\\b',
        'a b',
        'ä',
        'a\u0000',
        'c:d',
      ];
      for (const key of [...keys, 'x'.repeat(2_000)]) {
        await expect(artefacts().putOnce(key, bytes('x'))).rejects.toBeInstanceOf(StoreRejectedError);
        await expect(artefacts().get(key)).rejects.toBeInstanceOf(StoreRejectedError);
        await expect(artefacts().remove(key)).rejects.toBeInstanceOf(StoreRejectedError);
      }
    });

    it('takes any key of allowed parts', async () => {
      const part = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/);
      await fc.assert(
        fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
          const key = `any/${parts.map((name) => `${name}-f`).join('/')}/leaf`;
          await artefacts().putOnce(key, bytes(key));
          expect(await text(artefacts(), key)).toBe(key);
        }),
        { numRuns: 30 },
      );
    });
  });
};
