/** The containers of a pod, as far as Terway's release shows in them. */
export interface PodContainers {
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
}

interface Container {
  readonly name?: string;
  readonly image?: string;
}

/**
 * The image that tells Terway's release; undefined when none of the containers is Terway's. Others may
 * have been injected, so it is known by a container's name, or by its own: all of Terway's
 * containers have one image. Source: the DaemonSet of Terway's chart.
 */
export function terwayImage({ initContainers = [], containers = [] }: PodContainers) {
  const all = [...initContainers, ...containers];
  const named = (name: string) => all.find((container) => container.name === name);
  const found =
    named('terway-init') ?? named('terway') ?? all.find(({ image = '' }) => TERWAY.test(image));
  return found?.image;
}

/** A reference whose last part is `terway`, whatever its tag and digest. */
const TERWAY = /(^|\/)terway(:[^/@]*)?(@[^/]*)?$/;
