/**
 * What Terway makes of the key cni_chain. Source of all of it: AliyunContainerService/terway at
 * 1a4532b7ef5f63f29dc932ca92431fecdd96eadc, parseCNIChain in cmd/terway-cli/cni.go; read, not run, as
 * no release has it yet.
 */

/** The newest release that was looked at, which does not read the key. */
export const CNI_CHAIN_UNREAD_UP_TO = '1.17.5';

/** Members that Terway takes in no entry of the list. */
export const TERWAYS_OWN_MEMBERS: readonly string[] = ['name', 'cniVersion', 'plugins'];
