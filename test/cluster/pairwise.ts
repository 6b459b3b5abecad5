/** Switches by name, each with its positions by name. */
export type Switches<Position> = Readonly<Record<string, Readonly<Record<string, Position>>>>;

/** One position of every switch, by the names of both. */
export type Setting = Readonly<Record<string, string>>;

/**
 * Few settings in which every two positions of two switches meet at least once. Greedy: each setting
 * starts with a pair that has not met, and gets of every other switch what brings most new pairs.
 */
export function pairwise(switches: Switches<unknown>): Setting[] {
  const names = Object.keys(switches);
  const positions = (name: string) => Object.keys(switches[name] ?? {});
  const missing = new Map<string, Setting>();
  for (const [index, one] of names.entries()) {
    for (const other of names.slice(index + 1)) {
      for (const a of positions(one)) {
        for (const b of positions(other))
          missing.set(key({ [one]: a, [other]: b }), { [one]: a, [other]: b });
      }
    }
  }
  const settings: Setting[] = [];
  for (const first of missing.values()) {
    let setting = first;
    for (const name of names.filter((other) => !(other in first))) {
      const gain = (position: string) =>
        pairsWith(setting, name, position).filter((pair) => missing.has(key(pair))).length;
      const [best = ''] = positions(name).sort((a, b) => gain(b) - gain(a));
      setting = { ...setting, [name]: best };
    }
    for (const name of names) {
      for (const pair of pairsWith(setting, name, setting[name] ?? '')) missing.delete(key(pair));
    }
    settings.push(setting);
  }
  return settings;
}

const pairsWith = (setting: Setting, name: string, position: string): Setting[] =>
  Object.entries(setting)
    .filter(([other]) => other !== name)
    .map(([other, chosen]) => ({ [other]: chosen, [name]: position }));

const key = (pair: Setting) =>
  Object.entries(pair)
    .map((entry) => entry.join('='))
    .sort()
    .join(' ');
