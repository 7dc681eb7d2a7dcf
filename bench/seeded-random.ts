/** A small fast generator (sfc32, 128 bits of state) for simulations: the same numbers for the same seed, everywhere. */
export function seededRandom(seed: number): () => number {
  let [a, b, c, d] = [0x9e3779b9 ^ seed, 0x243f6a88, 0xb7e15162, seed | 0];
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first outputs still show the seed.
  for (let warming = 0; warming < 16; warming += 1) next();
  return next;
}

/** Successes among `trials` of chance `p`, by the gaps between them: takes time in proportion to the successes. */
export function binomialDraw(random: () => number, trials: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return trials;
  const logMiss = Math.log1p(-p);
  let successes = 0;
  for (let at = gap(); at < trials; at += 1 + gap()) successes += 1;
  return successes;

  function gap(): number {
    return Math.floor(Math.log(1 - random()) / logMiss);
  }
}
