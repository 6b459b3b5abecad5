import type { MemberReaders, Reader } from '../catalogue/eni-conf-readers.ts';
import { type ConfigMap, ENI_CONF_KEY, OVERLAY_LABEL } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import type { NodeKind } from '../rendering/node-file.ts';
import type { NodeConfig, NodeMember } from '../rendering/node-config.ts';
import { SWITCHES } from '../rendering/rendering.ts';
import { aligned, widthsOf } from '../text/columns.ts';
import { printable, quoted, shortened } from '../text/text.ts';
import { summarizeFacts } from './facts-fields.ts';
import { absence, valueText } from './render-sentences.ts';

/** What `render --node` tells: what one node reads, from where, by whom and when. */

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const RENDER_NODE_SCHEMA = 1;

export interface NodeReport {
  /** The node's name; undefined for any node that names the overlay. */
  readonly node: string | undefined;
  /** What its label names; undefined: it has none. */
  readonly overlay: string | undefined;
  readonly kind: NodeKind;
  readonly config: NodeConfig;
  /** eni-config, for what no overlay changes. */
  readonly base: ConfigMap;
  readonly facts: Facts;
  /** What is not known, and what keeps Terway from coming up; one printable line each. */
  readonly remarks: readonly string[];
}

const MAX_MEMBERS = 500;
const MAX_NAME_LENGTH = 80;
const MAX_CELL_LENGTH = 44;

const WHO: Readonly<Record<Reader, string>> = {
  init: 'init container',
  daemon: 'daemon',
  node: 'daemon',
  pod: 'controller',
};

const WHEN: Readonly<Record<Reader, string>> = {
  init: 'at its start',
  daemon: 'at its start',
  node: 'at each look at the node',
  pod: 'for each new pod',
};

/** The report as one JSON object. */
export function nodeAsJson(report: NodeReport): string {
  const { node, overlay, kind, config, facts, remarks } = report;
  const { ipam, members, file, fileOf, refused } = config;
  const content = {
    schema: RENDER_NODE_SCHEMA,
    ...(node === undefined ? {} : { node: printable(node) }),
    ...(overlay === undefined ? {} : { overlay: printable(overlay) }),
    kind,
    ipam,
    ...(refused === undefined ? {} : { refused }),
    members: members.slice(0, MAX_MEMBERS).map(memberFields),
    membersOmitted: Math.max(0, members.length - MAX_MEMBERS),
    file: {
      key: fileOf.key,
      from: fileOf.isFromOverlay ? 'overlay' : 'eni-config',
      ...(file.kind === 'file' ? { conflist: file.text } : { [file.kind]: file.why }),
    },
    switches: switchesOf(report).map(([name, value]) => ({
      name,
      ...(value === undefined ? {} : { value: shortened(printable(value), MAX_NAME_LENGTH) }),
    })),
    remarks,
    facts: summarizeFacts(facts),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function memberFields({ name, origin, value, readers, dead, loss }: NodeMember) {
  const fields = (list: readonly Reader[] = [], from: 'merged' | 'eni-config') =>
    list.map((reader) => ({ who: WHO[reader], when: WHEN[reader], from }));
  return {
    name: printable(name, MAX_NAME_LENGTH),
    origin,
    ...(value === undefined ? {} : { value: valueText(value) }),
    readers: [...fields(readers.merged, 'merged'), ...fields(readers.base, 'eni-config')],
    ...(dead === undefined ? {} : { dead }),
    ...(loss === undefined ? {} : { loss: `${loss.how}: ${loss.why}` }),
  };
}

/** The report for people; `remarks` stand elsewhere. */
export function nodeAsText(report: NodeReport): string {
  const { config, overlay } = report;
  const { file, fileOf, members, refused } = config;
  const name = overlay === undefined ? undefined : printable(overlay);
  const text = name === undefined ? 'eni-config alone' : `${name} merged over eni-config`;
  return [
    headOf(report),
    '',
    `${ENI_CONF_KEY}, ${text}:`,
    ...(refused === undefined
      ? memberLines(members.slice(0, MAX_MEMBERS), name)
      : [`  the daemon does not start: ${refused}`]),
    ...(members.length > MAX_MEMBERS ? [`  and ${members.length - MAX_MEMBERS} more`] : []),
    '',
    ...TIMES.filter(({ reader }) => members.some((member) => isReadBy(member, reader))).map(
      ({ words }) => words,
    ),
    '',
    ...switchesOf(report).map(
      ([key, value]) =>
        `${key}: ${value === undefined ? 'absent' : quoted(value)} (eni-config; read at each start of Terway's containers)`,
    ),
    '',
    `10-terway.conflist, made of ${fileOf.key} of ${fileOf.isFromOverlay ? (name ?? '') : 'eni-config'} when the init container of Terway's pod runs:`,
    file.kind === 'file' ? file.text : absence(file),
    '',
  ].join('\n');
}

function headOf({ node, overlay, kind, config }: NodeReport): string {
  const facts = [
    overlay === undefined
      ? `no label ${OVERLAY_LABEL}`
      : `label ${OVERLAY_LABEL}: ${printable(overlay)}`,
    config.ipam === 'central' ? 'central IPAM' : 'a pool of its own',
    KINDS[kind],
  ];
  return `${node === undefined ? 'A node' : `Node ${printable(node)}`}: ${facts.join('; ')}`;
}

const KINDS: Readonly<Record<NodeKind, string>> = {
  new: 'datapath not known, shown as a node that joins',
  veth: 'datapath veth',
  datapathv2: 'Datapath V2',
  'exclusive-eni': 'exclusive ENI',
};

const readsOf = ({ base = [], merged = [] }: MemberReaders) => [...merged, ...base];

const isReadBy = ({ readers, dead }: NodeMember, reader: Reader) =>
  dead === undefined && readsOf(readers).includes(reader);

const TIMES: readonly { readonly reader: Reader; readonly words: string }[] = [
  {
    reader: 'daemon',
    words: "At its start: a change acts at the next start of Terway's pod there.",
  },
  {
    reader: 'node',
    words: 'At each look at the node: a change acts without a restart (central IPAM).',
  },
  { reader: 'pod', words: 'For each new pod: a change acts on pods that are made after it.' },
];

function memberLines(members: readonly NodeMember[], overlay: string | undefined): string[] {
  const from = { 'eni-config': 'eni-config', overlay, both: 'both', default: 'default' };
  const rows = members.map((member) => {
    const { name, value, origin } = member;
    const text =
      value === undefined ? '(taken away)' : shortened(valueText(value), MAX_CELL_LENGTH);
    return [printable(name, MAX_NAME_LENGTH), text, from[origin] ?? '', readingOf(member, overlay)];
  });
  const table = [['MEMBER', 'VALUE', 'FROM', 'READ BY'], ...rows];
  const widths = widthsOf(table);
  return table.map((row) => `  ${aligned(row, widths)}`);
}

function readingOf({ readers, dead, loss }: NodeMember, overlay: string | undefined): string {
  if (dead !== undefined) return `no effect: ${dead}`;
  const { base = [], merged = [] } = readers;
  const words = [
    ...merged.map((reader) => `${WHO[reader]} ${WHEN[reader]}`),
    ...base.map((reader) => `${WHO[reader]} ${WHEN[reader]} (eni-config's)`),
  ];
  const readBy = words.length === 0 ? 'not known' : words.join(', ');
  return loss === undefined ? readBy : `${readBy}; that of ${overlay ?? ''} ${loss.how}`;
}

const switchesOf = ({ base }: NodeReport) =>
  SWITCHES.map((key) => [key, base.data.get(key)] as const);
