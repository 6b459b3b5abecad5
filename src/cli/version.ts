import manifest from '../../package.json' with { type: 'json' };

/** The program's own version; the bundle carries it. */
export const VERSION = manifest.version;
