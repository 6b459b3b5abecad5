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
export type Container = Json<k8s.V1Container>;
export type ContainerStatus = Json<k8s.V1ContainerStatus>;
export type DaemonSet = Json<k8s.V1DaemonSet>;
export type Deployment = Json<k8s.V1Deployment>;
export type EndpointSlice = Json<k8s.V1EndpointSlice>;
export type EnvVar = Json<k8s.V1EnvVar>;
export type Job = Json<k8s.V1Job>;
export type ObjectMeta = Json<k8s.V1ObjectMeta>;
export type Pod = Json<k8s.V1Pod>;
export type PodTemplate = Json<k8s.V1PodTemplateSpec>;
export type Probe = Json<k8s.V1Probe>;
export type ReplicaSet = Json<k8s.V1ReplicaSet>;
export type Secret = Json<k8s.V1Secret>;
export type Service = Json<k8s.V1Service>;
export type ServiceAccount = Json<k8s.V1ServiceAccount>;
export type Volume = Json<k8s.V1Volume>;
export type VolumeProjection = Json<k8s.V1VolumeProjection>;
