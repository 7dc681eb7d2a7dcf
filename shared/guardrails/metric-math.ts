/** A figure, or null where it is missing. */
type Figure = number | null;
type Evaluate = (figureOf: (name: string) => Figure) => Figure;

export type ParsedMetricMath =
  | { readonly ok: true; readonly names: readonly string[]; readonly evaluate: Evaluate }
  | { readonly ok: false; readonly problem: string };

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z][A-Za-z0-9_]*)|([-+*/(),]))/y;
/** Deep enough for any expression that a person writes, and far from the end of the stack. */
const MAX_DEPTH = 50;

/**
 * The arithmetic of CloudWatch metric math: `+ - * /`, parentheses, numbers, metric names and `FILL(name, number)`.
 * As there, a missing operand makes the result missing, and so does a division by zero.
 */
export function parseMetricMath(expression: string): ParsedMetricMath {
  try {
    const parser = new Parser(tokens(expression));
    const evaluate = parser.whole();
    return { ok: true, names: [...parser.names], evaluate };
  } catch (error) {
    if (error instanceof MetricMathProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

class MetricMathProblem extends Error {
  override readonly name = 'MetricMathProblem';
}

function tokens(expression: string): string[] {
  const found: string[] = [];
  const pattern = new RegExp(TOKEN);
  const end = expression.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(expression);
    if (!match) throw new MetricMathProblem(`has ${JSON.stringify(expression.slice(at, at + 10))}, which is not arithmetic`);
    found.push(match[0].trim());
  }
  return found;
}

class Parser {
  readonly names = new Set<string>();
  private readonly tokens: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  whole(): Evaluate {
    const evaluate = this.sum();
    if (this.at < this.tokens.length) throw new MetricMathProblem(`has ${this.tokens[this.at]} where it should end`);
    return evaluate;
  }

  private sum(): Evaluate {
    let left = this.product();
    for (let operator = this.take('+', '-'); operator !== undefined; operator = this.take('+', '-')) {
      left = combine(left, this.product(), operator === '+' ? (a, b) => a + b : (a, b) => a - b);
    }
    return left;
  }

  private product(): Evaluate {
    let left = this.unary();
    for (let operator = this.take('*', '/'); operator !== undefined; operator = this.take('*', '/')) {
      left = combine(left, this.unary(), operator === '*' ? (a, b) => a * b : (a, b) => a / b);
    }
    return left;
  }

  private unary(): Evaluate {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new MetricMathProblem(`is nested more than ${MAX_DEPTH} deep`);
    const evaluate = this.take('-') === undefined ? this.primary() : negated(this.unary());
    this.depth -= 1;
    return evaluate;
  }

  private primary(): Evaluate {
    if (this.take('(') !== undefined) {
      const inner = this.sum();
      this.expect(')');
      return inner;
    }
    const token = this.next('a number, a name or (');
    if (/^[\d.]/.test(token)) return constant(finite(token));
    if (token === 'FILL' && this.take('(') !== undefined) return this.fill();
    if (/^[a-z]/.test(token)) return this.named(token);
    throw new MetricMathProblem(`has ${token} where a number, a name or ( should be; FILL is the only function`);
  }

  private fill(): Evaluate {
    const inner = this.named(this.next('the name of a metric'));
    this.expect(',');
    const sign = this.take('-') === undefined ? 1 : -1;
    const filler = sign * finite(this.next('a number'));
    this.expect(')');
    return (figureOf) => inner(figureOf) ?? filler;
  }

  private named(name: string): Evaluate {
    if (!/^[a-z]/.test(name)) throw new MetricMathProblem(`has ${name} where the name of a metric should be`);
    this.names.add(name);
    return (figureOf) => figureOf(name);
  }

  private take(...wanted: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.at += 1;
    return token;
  }

  private expect(wanted: string): void {
    if (this.take(wanted) === undefined)
      throw new MetricMathProblem(`has ${this.tokens[this.at] ?? 'its end'} where ${wanted} should be`);
  }

  private next(wanted: string): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw new MetricMathProblem(`ends where ${wanted} should be`);
    this.at += 1;
    return token;
  }
}

function finite(token: string): number {
  const value = Number(token);
  if (!Number.isFinite(value)) throw new MetricMathProblem(`has ${token} where a number should be`);
  return value;
}

const constant =
  (value: number): Evaluate =>
  () =>
    value;

const negated =
  (inner: Evaluate): Evaluate =>
  (figureOf) => {
    const value = inner(figureOf);
    return value === null ? null : -value;
  };

const combine =
  (left: Evaluate, right: Evaluate, operate: (a: number, b: number) => number): Evaluate =>
  (figureOf) => {
    const [a, b] = [left(figureOf), right(figureOf)];
    const value = a === null || b === null ? null : operate(a, b);
    return value === null || !Number.isFinite(value) ? null : value;
  };
