import { expect, it } from 'vitest';
import { DEFAULT_THRESHOLDS, readThresholds, ThresholdWatch, type VitalSigns } from '../../../../shared/telemetry/vital-signs.ts';

const calm = Object.fromEntries(Object.keys(DEFAULT_THRESHOLDS).map((name) => [name, 0])) as unknown as VitalSigns;

it('tells of a threshold when it is crossed, and again only after the figure was below', () => {
  const watch = new ThresholdWatch(DEFAULT_THRESHOLDS);
  const full = { ...calm, tmpShare: 0.95 };
  const crossed = [{ measure: 'tmpShare', value: 0.95, threshold: 0.9 }];
  expect([full, full, calm, full].map((signs) => watch.take(signs))).toEqual([crossed, [], [], crossed]);
});

it('reads thresholds that differ, and leaves out what is none', () => {
  expect(readThresholds('heapShare=0.5, handles=300,__proto__=1,nonsense=2,tmpShare=,dnsMs=x')).toEqual({
    ...DEFAULT_THRESHOLDS,
    heapShare: 0.5,
    handles: 300,
  });
  expect(readThresholds()).toEqual(DEFAULT_THRESHOLDS);
});
