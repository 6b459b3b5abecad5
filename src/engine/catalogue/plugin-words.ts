/**
 * Other words for known plugins, as people write them: names of capabilities and fields, of what the
 * plugin does, of programs beside it. In lower case, letters and digits only.
 */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  terway: ['terwayd', 'terwaycli', 'terwaycni', 'terwayeni', 'terwayeniip', 'aliyunterway'],
  portmap: [
    'hostport',
    'hostports',
    'hostportmap',
    'hostportmapping',
    'hostportmappings',
    'portforward',
    'portforwarding',
    'portmapper',
    'portmapping',
    'portmappings',
    'portmaps',
    'portsmap',
  ],
  tuning: ['sysctl', 'sysctls', 'tune', 'tuned', 'tuner', 'tunings'],
  bandwidth: ['bandwidthlimit', 'bandwidths', 'bandwith', 'trafficshaping'],
  firewall: ['firewalld', 'firewalls'],
  sbr: ['sourcebasedroute', 'sourcebasedrouting'],
  'cilium-cni': ['cilium', 'ciliumagent', 'ciliumebpf'],
};

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(WORDS).flatMap(([type, words]) => words.map((word) => [word, type])),
);

/** The known plugin that a word, in any spelling, is another word for. */
export const pluginByWord = (word: string): string | undefined =>
  TYPES.get(word.toLowerCase().replace(/[^a-z0-9]/g, ''));
