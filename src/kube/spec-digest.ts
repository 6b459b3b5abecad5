import { hash } from 'node:crypto';
import { fieldAt, messageOf, one, readFields } from './protobuf.ts';

/** Numbers of what differs between the pods of a DaemonSet: `nodeName`, and the node in `affinity`. */
const OF_ITS_NODE: readonly number[] = [10, 18];

const NODE_NAME = messageOf({ 10: one('nodeName', 'text') });

/** A pod's spec by its digest. */
export interface SpecDigest {
  readonly nodeName?: string;
  /** Of all but the name of the node and the affinity: what has the same is the same. */
  readonly digest: string;
}

/** Reads a pod's spec in protobuf. Throws RangeError for what is none. */
export function digestSpec(bytes: Buffer): SpecDigest {
  const spec: { nodeName?: string } = {};
  readFields(bytes, NODE_NAME, spec);
  const rest: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const { number, end } = fieldAt(bytes, at);
    if (!OF_ITS_NODE.includes(number)) rest.push(bytes.subarray(at, end));
    at = end;
  }
  return { ...spec, digest: hash('sha256', Buffer.concat(rest), 'base64') };
}
