/** Texts, and where mappings and lists begin and end: all else of JSON says nothing about keys. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g;
const COLON = /\s*:/y;

/**
 * A key that an object of a JSON text holds twice: of two values readers take whichever they like. The text must be JSON that
 * JSON.parse has taken.
 */
export function duplicateKey(json: string): string | undefined {
  /** The keys of each mapping that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (const { 0: token, index } of json.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else {
      COLON.lastIndex = index + token.length;
      if (!COLON.test(json)) continue;
      const key = JSON.parse(token) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
