import { type Version, parseVersion } from '../engine/core/version.ts';

/** Versions by image: thousands of pods share the few that there are. */
export class ImageVersions {
  readonly #known = new Map<string, Version | undefined>();

  /** The version that the tag of an image tells; undefined where it tells none. */
  of(image = ''): Version | undefined {
    if (!this.#known.has(image)) this.#known.set(image, parseVersion(image));
    return this.#known.get(image);
  }
}
