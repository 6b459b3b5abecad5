import { run } from '../../support/output.ts';

/** A network namespace that stands for a pod. */
export interface Pod {
  /** Its path as the container runtime hands it to plugins. */
  readonly netns: string;
  remove(): Promise<void>;
}

/** The pod's address, of a vSwitch with this gateway. */
export const POD_ADDRESS = '172.20.0.7';
export const VSWITCH_GATEWAY = '172.20.15.253';

/** The link-local gateway that Terway's veth datapath gives to a pod. */
const POD_GATEWAY = '169.254.1.1';

let created = 0;

/**
 * A fresh pod as terway's ADD leaves it on the veth datapath: eth0 with address and default route,
 * the peer on the host. To be called inside the sandbox only.
 */
export async function createPod(): Promise<Pod> {
  created += 1;
  const name = `pod${created}`;
  const peer = `cali${created}`;
  await ip([], [`netns add ${name}`, `link add eth0 netns ${name} type veth peer name ${peer}`]);
  await ip([], [`link set ${peer} up`, `route replace ${POD_ADDRESS}/32 dev ${peer}`]);
  await ip(
    ['-netns', name],
    [
      'link set eth0 up',
      `address add ${POD_ADDRESS}/32 dev eth0`,
      `route add ${POD_GATEWAY} dev eth0 scope link`,
      `route add default via ${POD_GATEWAY} dev eth0`,
    ],
  );
  return {
    netns: `/var/run/netns/${name}`,
    async remove() {
      // Names are not used twice and all goes with the sandbox: what stays behind does no harm.
      await ip([], [`link delete ${peer}`, `netns delete ${name}`]).catch(() => undefined);
    },
  };
}

async function ip(options: readonly string[], lines: readonly string[]): Promise<void> {
  const stdin = `${lines.join('\n')}\n`;
  const { code, stderr } = await run('ip', [...options, '-batch', '-'], { stdin });
  if (code !== 0) throw new Error(`ip failed in the sandbox (exit ${code}): ${stderr.trim()}`);
}
