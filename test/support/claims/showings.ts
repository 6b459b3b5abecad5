import { BASE_VETH, type Data, VETH_CONF } from '../config-maps.ts';
import type { PluginType } from '../plugin-releases.ts';
import type {
  NodeFailure,
  NodeShowing,
  PluginShowing,
  TerwayShowing,
  TerwayStage,
} from './claim.ts';

/** Claims' words, and how showings are written down. */

export const NEW_PODS = 'every new pod fails';
export const TERWAY_PODS = 'every Terway pod fails to start';

export const without = (key: string): Data =>
  Object.fromEntries(Object.entries(BASE_VETH).filter(([name]) => name !== key));
export const withChain = (...entries: readonly unknown[]): Data => ({
  ...BASE_VETH,
  '10-terway.conflist': JSON.stringify({ plugins: entries }),
});
export const withFirst = (members: object) => withChain({ ...VETH_CONF, ...members });
export const withEniConf = (text: string): Data => ({ ...BASE_VETH, eni_conf: text });
export const withSymmetric = (config: object) =>
  withFirst({ symmetric_routing: true, symmetric_routing_config: config });

export const plugin = (
  plugin: PluginType,
  members: object,
  message: RegExp,
  more: Partial<PluginShowing> = {},
): PluginShowing => ({
  plugin,
  entry: JSON.stringify({ type: plugin, ...members }),
  message,
  ...more,
});
export const terway = (data: Data, stage: TerwayStage, message: RegExp): TerwayShowing => ({
  data,
  stage,
  message,
});
/** A pod is added on a node that has an executable for terway and portmap only. */
export const podOf = (data: Data, message: RegExp): TerwayShowing => ({
  data,
  node: { plugins: ['terway', 'portmap'] },
  stage: 'pod',
  message,
});
export const onNode = (
  fails: NodeFailure,
  data: Data,
  message: RegExp,
  more: Partial<NodeShowing> = {},
): NodeShowing => ({ fails, data, message, ...more });
export const inSandbox = (
  entry: object,
  message: RegExp,
  more?: Partial<NodeShowing>,
): NodeShowing => onNode('sandbox', withChain(VETH_CONF, entry), message, more);

export const PORT_MAPPINGS = { capabilities: { portMappings: true } };
export const sysctl = (name: string, value = '1') => ({ sysctl: { [name]: value } });
export const NEWEST =
  'AliyunContainerService/terway: cmd/terway-cli/cni.go, parseCNIChain, at commit 1a4532b7ef5f; no release has it';

export const withText = (text: string): Data => ({ ...BASE_VETH, '10-terway.conflist': text });
export const HOST_PORT_DEAD = 'ports of the node that pods ask for are dead';
export const MOVES = 'nodes that restart move to another datapath or policy engine';
export const DEAD = /Connection refused|timed out/;

export function withIpStack(stack: string): string {
  return JSON.stringify({ ...(JSON.parse(BASE_VETH.eni_conf!) as object), ip_stack: stack });
}

export function withName(data: Data, name: string): string {
  return JSON.stringify({ ...(JSON.parse(data['10-terway.conf']!) as object), [name]: 1 });
}
