import type { Scalar } from 'yaml';
import type { Range } from '../engine/json/position.ts';
import { decodeBlock } from './block-scalar.ts';
import { type FlowStyle, decodeFlow } from './flow-scalar.ts';
import { TextMap } from './text-map.ts';

/** How a text is written in its file. */
export interface ScalarSource {
  readonly map: TextMap;
  readonly style: FlowStyle | 'literal' | 'folded';
  /** The scalar in the file, with its quotes or its header. */
  readonly range: Range;
  /** Spaces in front of the lines of a block scalar. */
  readonly indent: number;
}

const FLOW_STYLES: Readonly<Record<string, FlowStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
};

/**
 * Where the characters of a scalar stand in `source`. Undefined for a spelling that is not
 * understood to the last character: places in it are then those of the scalar as a whole.
 */
export function scalarSource(source: string, scalar: Scalar): ScalarSource | undefined {
  const { value, type, range } = scalar;
  if (typeof value !== 'string' || !range) return undefined;
  const [start, end] = range;
  const place = { offset: start, length: end - start };
  const flow = FLOW_STYLES[type ?? ''];
  if (flow) {
    const quote = flow === 'plain' ? 0 : 1;
    const list = decodeFlow(source, start + quote, end - quote, flow);
    if (list.text !== value) return undefined;
    return { map: new TextMap(list.pieces, start + quote), style: flow, range: place, indent: 0 };
  }
  const isFolded = type === 'BLOCK_FOLDED';
  const headerEnd = source.indexOf('\n', start);
  const bodyStart = headerEnd === -1 || headerEnd >= end ? end : headerEnd + 1;
  const block = decodeBlock(source, bodyStart, end, isFolded, value);
  return (
    block && {
      map: new TextMap(block.list.pieces, bodyStart),
      style: isFolded ? 'folded' : 'literal',
      range: place,
      indent: block.indent,
    }
  );
}
