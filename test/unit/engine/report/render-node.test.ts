import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { nodeConfigOf } from '../../../../src/engine/rendering/node-config.ts';
import type { NodeKind } from '../../../../src/engine/rendering/node-file.ts';
import {
  type NodeReport,
  nodeAsJson,
  nodeAsText,
} from '../../../../src/engine/report/render-node.ts';
import { configMap } from '../../../support/changes.ts';
import { BASE_VETH, type Data } from '../../../support/config-maps.ts';
import { knownVersion } from '../../../support/facts.ts';

/** What `render --node` tells of nodes: render-node.txt. UPDATE_GOLDEN=1 writes it anew. */
const GOLDEN = new URL('render-node.txt', import.meta.url);

const FACTS: Facts = { ...NO_FACTS, terway: knownVersion('1.17.5') };

interface Told {
  readonly node?: string;
  readonly kind?: NodeKind;
  readonly eniConf: object;
  readonly overlay?: Data;
  /** Of eni-config, beside eni_conf. */
  readonly more?: Data;
}

function reportOf({ node, kind = 'veth', eniConf, overlay, more = {} }: Told): NodeReport {
  const base = configMap({ ...BASE_VETH, eni_conf: JSON.stringify(eniConf), ...more });
  const own = overlay && { name: 'pool-a', object: configMap(overlay) };
  const config = nodeConfigOf(base, { kind, ...(own && { overlay: own }) }, FACTS);
  return { node, overlay: own?.name, kind, config, base, facts: FACTS, remarks: ['a remark'] };
}

const patch = (members: object) => ({ eni_conf: JSON.stringify(members) });

const CASES: Readonly<Record<string, Told>> = {
  'central IPAM and an overlay that acts in part': {
    node: 'cn-a',
    eniConf: {
      ipam_type: 'crd',
      max_pool_size: 5,
      security_group: 'sg-1',
      max_pool_sice: 1,
      service_cidr: '10.0.0.0/16',
      vswitches: { a: ['v'], b: [] },
    },
    overlay: patch({
      max_pool_size: 7,
      security_group: null,
      service_cidr: '10.1.0.0/16',
      ip_stack: 'dual',
      vswitches: { b: ['w'] },
      eni_tags: { a: 'b'.repeat(60) },
    }),
  },
  'no label, and nothing but defaults': { node: 'cn-b', kind: 'new', eniConf: {} },
  'an overlay that is no patch, with a conf of its own': {
    kind: 'datapathv2',
    eniConf: {},
    overlay: { eni_conf: '[]', '10-terway.conf': '{"type": "terway", "cilium_args": ""}' },
  },
  'no file, as 10-terway.conf can not be read': {
    kind: 'datapathv2',
    eniConf: {},
    more: { '10-terway.conf': '{', disable_network_policy: 'x'.repeat(90) },
  },
  'exclusive ENI': { kind: 'exclusive-eni', eniConf: { max_pool_size: 5 } },
};

t.test('what is told of a node is as it was', (t) => {
  const text = Object.entries(CASES)
    .map(([name, told]) => {
      const report = reportOf(told);
      return `== ${name}\n\n${nodeAsText(report)}\n${nodeAsJson(report)}`;
    })
    .join('\n');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
  t.equal(readFileSync(GOLDEN, 'utf8'), text);
  t.end();
});

t.test('of many members 500 are told', (t) => {
  const names = Array.from({ length: 600 }, (_, index) => `member${index}`);
  const report = reportOf({ eniConf: Object.fromEntries(names.map((name) => [name, 1])) });
  const hidden = report.config.members.length - 500;
  t.ok(hidden > 100, 'with the defaults');
  const lines = nodeAsText(report).split('\n');
  t.equal(lines.filter((line) => line.includes('knows no such member')).length, 500);
  t.equal(lines[504], `  and ${hidden} more`);
  const { members, membersOmitted } = JSON.parse(nodeAsJson(report)) as {
    members: unknown[];
    membersOmitted: number;
  };
  t.same([members.length, membersOmitted], [500, hidden]);
  t.end();
});

t.test('a version of Terway that is not known is no fact', (t) => {
  const report = { ...reportOf({ eniConf: {} }), facts: NO_FACTS, remarks: [] };
  t.match(JSON.parse(nodeAsJson(report)), { schema: 1, remarks: [], facts: {} });
  t.notOk(Object.hasOwn(JSON.parse(nodeAsJson(report)) as object, 'node'));
  t.end();
});
