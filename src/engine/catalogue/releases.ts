import { type Version, isAtLeast, parseVersion } from '../core/version.ts';
import { CNI_PLUGINS } from './distributions.ts';
import { PLUGINS } from './plugins.ts';

/** Types of the catalogue that are released together, as containernetworking/plugins. */
export const RELEASED_TOGETHER: readonly string[] = [...PLUGINS.values()]
  .filter(({ releasedWith }) => releasedWith === CNI_PLUGINS)
  .map(({ type }) => type);

/**
 * The release of these plugins that a node with such a kubelet presumably has, oldest first. Source:
 * what Kubernetes pins for each minor; that ACK's node images follow it is inferred.
 */
const RELEASES: readonly { readonly kubelet: string; readonly plugins: string }[] = [
  { kubelet: '1.32.0', plugins: '1.6.2' },
  { kubelet: '1.34.0', plugins: '1.7.1' },
  { kubelet: '1.35.0', plugins: '1.8.0' },
  { kubelet: '1.36.0', plugins: '1.9.1' },
];

/**
 * An estimate of a node's plugin release. A kubelet newer than all that is known of has at least
 * what the newest one has; of an older one nothing is known.
 */
export function pluginsOfKubelet(kubelet: Version): Version | undefined {
  const release = RELEASES.findLast((entry) => isAtLeast(kubelet, entry.kubelet));
  return release && parseVersion(release.plugins);
}
