import { defineTransform } from '../../shared/plan/define-task.ts';

export const copied = defineTransform(({ id, copies }) =>
  Array.from({ length: Number(copies) }, (_, copy) => ({ pk: `${id}/${copy}` })),
);

export const picky = defineTransform(({ id }) => {
  if (id === 2) throw new RangeError(`no city is called ${id}`);
  return { pk: `${id}` };
});

export const throwsText = () => {
  throw 'just text';
};

export const kept = defineTransform(({ id, ...rest }) => ({ ...rest, pk: `${id}` }));
export const loose = () => ({ pk: 'a', zero: -0, gone: undefined, set: { $set: [2, 1, 2] } });
export const asynchronous = async () => ({ pk: 'a' });
export const dated = () => ({ pk: 'a', at: new Date(0) });
export const huge = () => ({ pk: 'a', n: 1n });
export const infinite = () => ({ pk: 'a', n: Number.POSITIVE_INFINITY });
export const nothing = () => undefined;
export const keyless = () => ({ id: 1 });
export const constant = 3;
