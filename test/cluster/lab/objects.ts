import type * as k8s from '@kubernetes/client-node';

/** An object as it stands in JSON: no class of the client library, times as text. */
type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Json<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Json<T[Key]> }
      : T;

export type ConfigMap = Json<k8s.V1ConfigMap>;
export type EndpointSlice = Json<k8s.V1EndpointSlice>;
export type Node = Json<k8s.V1Node>;
export type Pod = Json<k8s.V1Pod>;

/** Whether a node or a pod says that it is ready. */
export const isReady = ({ status }: Node | Pod): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
