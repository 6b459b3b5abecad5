/** For 95 %. */
const Z = 1.96;

/**
 * Between which shares that of all `population` lies when `hits` of `sample` random ones are hits:
 * Wilson's interval, narrowed by what the sample covers already.
 */
export function intervalOf(hits: number, sample: number, population: number): [number, number] {
  if (sample >= population) return [hits / sample, hits / sample];
  const share = hits / sample;
  const size = (sample * (population - 1)) / (population - sample);
  const middle = share + Z ** 2 / (2 * size);
  const spread = Z * Math.sqrt((share * (1 - share)) / size + Z ** 2 / (4 * size ** 2));
  const scale = 1 + Z ** 2 / size;
  return [(middle - spread) / scale, (middle + spread) / scale];
}
