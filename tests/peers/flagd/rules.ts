import fc from 'fast-check';

/** Flag documents, contexts and rules as flagd's schema has them, for the comparison with its own evaluator. */
export interface Sample {
  readonly document: {
    readonly flags: Readonly<Record<string, unknown>>;
    readonly $evaluators: Readonly<Record<string, unknown>>;
  };
  readonly context: Readonly<Record<string, unknown>>;
}

const NAMES = ['targetingKey', 'plan', 'age', 'beta', 'version', 'email', 'tags', 'account.tier', 'nobody', '$flagd.flagKey'];
const VARIANTS = ['on', 'off', 'blue'];
const ascii = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.@ '), maxLength: 12 });
const word = fc.oneof(fc.constantFrom('pro', 'free', 'a@b.org', '1.2.3', '10', ''), ascii);
const primitive = fc.oneof(word, fc.integer({ min: -5, max: 40 }), fc.boolean(), fc.constant(null), fc.constantFrom(0.5, 1e9));
const variable = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => ({ var: name })),
  fc.tuple(fc.constantFrom(...NAMES), primitive).map(([name, other]) => ({ var: [name, other] })),
);
const version = fc.oneof(fc.constantFrom('1.2.3', '2.0.0', 'v1', '1.4', '1.0.0-beta.1', 'none'), variable);
const weight = fc.integer({ min: 0, max: 100 });

const { condition, variant } = fc.letrec<{ value: unknown; condition: unknown; variant: unknown; list: unknown }>((tie) => {
  const args = (operators: readonly string[], min: number, max: number, arg = tie('value')) =>
    fc
      .tuple(fc.constantFrom(...operators), fc.array(arg, { minLength: min, maxLength: max }))
      .map(([name, list]) => ({ [name]: list }));
  const item = fc.oneof(fc.constant({ var: '' }), primitive);
  return {
    list: fc.oneof(fc.array(primitive, { maxLength: 4 }), fc.constant({ var: 'tags' }), args(['merge'], 1, 3, tie('list'))),
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      primitive,
      variable,
      args(['+', '*', '-'], 2, 3),
      args(['/', '%'], 2, 2),
      args(['max', 'min'], 1, 3),
      args(['cat'], 1, 3),
      fc.tuple(variable, fc.integer({ min: -4, max: 4 })).map(([text, from]) => ({ substr: [text, from] })),
      fc.tuple(variable, fc.nat(3), fc.integer({ min: -3, max: 5 })).map((substr) => ({ substr })),
      tie('condition'),
      args(['if'], 3, 3),
    ),
    condition: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.boolean(),
      args(['==', '!=', '===', '!==', '>', '>='], 2, 2),
      args(['<', '<='], 2, 3),
      args(['and', 'or'], 1, 3, tie('condition')),
      args(['!', '!!'], 1, 1),
      fc.tuple(tie('value'), tie('list')).map((both) => ({ in: both })),
      fc.tuple(variable, word).map((both) => ({ in: [both[1], both[0]] })),
      fc
        .tuple(fc.constantFrom('starts_with', 'ends_with'), variable, word)
        .map(([name, text, part]) => ({ [name]: [text, part] })),
      fc.tuple(version, fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '^', '~'), version).map((sem_ver) => ({ sem_ver })),
      fc
        .tuple(fc.constantFrom('some', 'all', 'none', 'filter', 'map'), tie('list'), item)
        .map(([name, list, of]) => ({ [name]: [list, { '===': [{ var: '' }, of] }] })),
      fc.subarray(NAMES.slice(0, 9)).map((missing) => ({ missing })),
      fc.tuple(fc.nat(3), fc.subarray(NAMES.slice(0, 9))).map((missing_some) => ({ missing_some })),
      fc.constant({ $ref: 'shared' }),
    ),
    variant: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom(...VARIANTS, null),
      fc.tuple(tie('condition'), tie('variant'), tie('variant')).map((parts) => ({ if: parts })),
      buckets(),
      fc.tuple(fc.constantFrom('plan', '$flagd.flagKey', 'targetingKey'), buckets()).map(([name, { fractional }]) => ({
        fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: [name, 'x'] }] }, ...fractional],
      })),
      fc
        .tuple(fc.constantFrom('plan', 'email', 'age', 'nobody'), buckets())
        .map(([by, { fractional }]) => ({ fractional: [{ var: by }, ...fractional] })),
    ),
  };
});

function buckets() {
  const bucket = fc.oneof(
    fc.constantFrom(...VARIANTS).map((name) => [name]),
    fc.tuple(fc.constantFrom(...VARIANTS), weight).map(([name, share]) => [name, share]),
    fc.tuple(fc.constantFrom(...VARIANTS), weight).map(([name, share]) => [{ if: [{ var: 'beta' }, name, 'off'] }, share]),
  );
  return fc.array(bucket, { minLength: 1, maxLength: 4 }).map((fractional) => ({ fractional }));
}

const variants = fc.constantFrom<Record<string, unknown>[]>(
  { on: true, off: false, blue: true },
  { on: 'new', off: 'old', blue: 'blue' },
  { on: 1, off: 0, blue: 2.5 },
  { on: { a: [1] }, off: {}, blue: { b: null } },
);

const flag = fc.record(
  {
    state: fc.constantFrom('ENABLED', 'ENABLED', 'ENABLED', 'DISABLED'),
    variants,
    defaultVariant: fc.constantFrom('on', 'off', null),
    targeting: variant.filter((rule) => typeof rule === 'object' && rule !== null),
    metadata: fc.constant({ owner: 'search' }),
  },
  { requiredKeys: ['state', 'variants'] },
);

const context = fc.record(
  {
    targetingKey: fc.oneof(fc.uuid(), ascii),
    plan: word,
    age: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.constant('18')),
    beta: fc.boolean(),
    version: fc.constantFrom('1.2.3', '2.0.0', '1.4', 'x'),
    email: word,
    tags: fc.array(fc.oneof(word, fc.nat(5)), { maxLength: 4 }),
    account: fc.record({ tier: fc.constantFrom('gold', 'silver') }),
  },
  { requiredKeys: [] },
);

export const sample: fc.Arbitrary<Sample> = fc.record({
  document: fc.record({
    flags: flag.map((one) => ({ checkout: one })),
    $evaluators: condition.filter((rule) => !JSON.stringify(rule).includes('$ref')).map((shared) => ({ shared })),
    metadata: fc.constant({ flagSetId: 'shop' }),
  }),
  context,
});
