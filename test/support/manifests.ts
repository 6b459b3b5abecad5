import { Document, Scalar } from 'yaml';
import type { ConfigMap } from '../../src/engine/core/eni-config.ts';

/** How a text is written in a manifest. */
export const SCALAR_STYLES = [
  Scalar.BLOCK_LITERAL,
  Scalar.BLOCK_FOLDED,
  Scalar.QUOTE_DOUBLE,
  Scalar.QUOTE_SINGLE,
] as const;

/** An object as YAML, its texts in one style where that style can hold them. */
export function yamlManifest(
  { data, binaryData, immutable }: ConfigMap,
  style: Scalar.Type = Scalar.BLOCK_LITERAL,
): string {
  const document = new Document({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'eni-config', namespace: 'kube-system' },
    ...(immutable ? { immutable } : {}),
  });
  for (const [member, texts] of [
    ['data', data],
    ['binaryData', binaryData],
  ] as const) {
    document.setIn([member], document.createNode({}));
    for (const [key, text] of texts) {
      const scalar = new Scalar(text);
      // The writer would fold or strip what begins or ends with white space.
      scalar.type = /^\s|\s\n|[^\S\n]$|[^\P{C}\n]/u.test(text) ? Scalar.QUOTE_DOUBLE : style;
      document.setIn([member, key], scalar);
    }
  }
  return document.toString({ lineWidth: 0 });
}
