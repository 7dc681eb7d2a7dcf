import { type Expression, TargetingFault } from './expression.ts';
import type { Operator, Operators } from './rule-compiler.ts';

/** UTF-16 units of a text that a rule makes. */
const LONGEST = 65_536;

export const TEXTS: Operators = {
  cat: {
    takes: [1, Number.POSITIVE_INFINITY],
    compile: (args, place, compiler) => {
      const parts = compiler.compileAll(args, place);
      return (data) => {
        let text = '';
        for (const part of parts) text += part(data) ?? '';
        if (text.length > LONGEST) throw new TargetingFault(`cat makes texts of at most ${LONGEST} characters.`);
        return text;
      };
    },
  },
  substr: {
    takes: [2, 3],
    compile: (args, place, compiler) => {
      const [text, from, length] = compiler.compileAll(args, place) as [Expression, Expression, Expression?];
      return (data) => substring(text(data), from(data), length?.(data));
    },
  },
  starts_with: affix((text, part) => text.startsWith(part)),
  ends_with: affix((text, part) => text.endsWith(part)),
};

/** null where one of them is no text. */
function affix(test: (text: string, part: string) => boolean): Operator {
  return {
    takes: [2, 2],
    compile: (args, place, compiler) => {
      const [whole, part] = compiler.compileAll(args, place) as [Expression, Expression];
      return (data) => {
        const text = whole(data);
        const end = part(data);
        return typeof text === 'string' && typeof end === 'string' ? test(text, end) : null;
      };
    },
  };
}

/** From the end where `from` is negative; a negative length leaves that many out at the end. */
function substring(text: unknown, from: unknown, length: unknown): string {
  if (typeof text !== 'string') throw new TargetingFault('substr needs text.');
  const start = whole(from);
  const begin = start < 0 ? Math.max(0, text.length + start) : start;
  if (length === undefined) return text.slice(begin);
  const size = whole(length);
  return size < 0 ? text.slice(begin, Math.max(begin, text.length + size)) : text.slice(begin, begin + size);
}

const whole = (value: unknown): number => Math.trunc(Number(value)) || 0;
