import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  DATAPATH_V2_CONF,
  type Data,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';

/** Objects that the tables of edits are made of. */

/** A base with a chain of its own conf and these plugins after it. */
export const vethChain = (...plugins: readonly unknown[]): Data =>
  withConflist(BASE_VETH, conflist([VETH_CONF, ...plugins]));
export const v2Chain = (...plugins: readonly unknown[]): Data =>
  withConflist(BASE_DATAPATH_V2, conflist([DATAPATH_V2_CONF, ...plugins]));

/** A chain whose first entry is `entry`, whatever 10-terway.conf says. */
export const firstEntry = (entry: object): Data =>
  withConflist(BASE_VETH, conflist([entry, PORTMAP]));

/** `base` with a chain that gives hostPort access from outside. */
export const publicChain = (base: Data, conf: object, portmap: object): Data =>
  withConflist(base, conflist([{ ...conf, symmetric_routing: true }, portmap]));

/** A chain with an option that only new releases of portmap read. */
export const masqAll = vethChain({ ...PORTMAP, masqAll: true });

/** A base whose 10-terway.conf is `conf`. */
export const ownConf = (conf: object): Data => ({
  ...BASE_VETH,
  '10-terway.conf': JSON.stringify(conf),
});

/** A base whose eni_conf has other members; undefined removes one. */
export function withEniConf(data: Data, members: Readonly<Record<string, unknown>>): Data {
  const eniConf = { ...(JSON.parse(data.eni_conf ?? '') as object), ...members };
  return { ...data, eni_conf: JSON.stringify(eniConf, null, 2) };
}

export function without(data: Data, key: string): Data {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== key));
}

/** Members of bandwidth that shape traffic, and two lists of subnets that exclude each other. */
export const SHAPED = { ingressRate: 1000, ingressBurst: 1000 };
export const SUBNETS = { shapedSubnets: ['10.0.0.0/8'], unshapedSubnets: ['10.1.0.0/16'] };
