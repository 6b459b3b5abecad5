/**
 * What is released, and reaches the nodes, together: one release says what each of its programs knows.
 */
export interface Distribution {
  /** The project that releases it. */
  readonly project: string;
  /** Where the binaries on the nodes come from. */
  readonly binaryFrom: string;
  /**
   * What any cluster that can run the guard (Kubernetes 1.30 and newer) has at least: with a version
   * unknown, a field of this release or an older one is no reason to warn. Absent: nothing is assumed.
   */
  readonly assumedMinimum?: string;
}

const TERWAY_INIT = 'Terway init container';

/** Its release is that of the Terway DaemonSet, which also reads eni_conf. */
export const TERWAY: Distribution = {
  project: 'AliyunContainerService/terway',
  binaryFrom: TERWAY_INIT,
  // Source: ACK's matrix asks Terway 1.9 for Kubernetes 1.30.
  assumedMinimum: '1.9.0',
};

/** Its release can be estimated from the kubelet's, and its binaries tell it to the node probe. */
export const CNI_PLUGINS: Distribution = {
  project: 'containernetworking/plugins',
  binaryFrom: 'node image',
  // A cautious guess, which can only add a warning.
  assumedMinimum: '1.2.0',
};

/** Comes with Terway, in versions of its own. */
export const CILIUM: Distribution = { project: 'cilium/cilium', binaryFrom: TERWAY_INIT };

/** Whether Terway puts the binaries on a node whenever its pod starts there. */
export const isInstalledByTerway = ({ binaryFrom }: Distribution) => binaryFrom === TERWAY_INIT;
