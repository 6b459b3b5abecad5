import t from 'tap';
import { DEFAULTS, type DefaultId } from '../../../../src/engine/defaults/defaults.ts';
import { readConfig } from '../../../../src/config/load.ts';
import type { WebhookOptions } from '../../../../src/admission/validate.ts';
import {
  BASE_DATAPATH_V2,
  BASE_VENDOR,
  DATAPATH_V2_CONF,
  PORTMAP,
  VENDOR_CONF,
  conflist,
} from '../../../support/config-maps.ts';
import { webhookOf, mutateText, untouched } from '../../../support/mutations.ts';

/** What `defaults` of the configuration file makes of the mutator. */

/** The webhook under the section `defaults` of a configuration file. */
function webhookUnder(yaml: string): WebhookOptions {
  return webhookOf({ defaults: readConfig(yaml, 'config.yaml').defaults });
}

const ALL_ON = 'portmap: {externalSetMarkChain: KUBE-MARK-MASQ, portMappings: true, masqAll: true}';

/** Lacks externalSetMarkChain and portMappings, and may have both. */
const PRIVATE = conflist([VENDOR_CONF, { type: 'portmap' }]);
/** Lacks masqAll, and may have it. */
const PUBLIC_V2 = conflist([{ ...DATAPATH_V2_CONF, symmetric_routing: true }, PORTMAP]);

/** The defaults added to either chain. */
async function addedUnder(yaml: string): Promise<string[]> {
  const webhook = webhookUnder(yaml);
  return [
    ...(await mutateText(PRIVATE, webhook, BASE_VENDOR)).injected,
    ...(await mutateText(PUBLIC_V2, webhook, BASE_DATAPATH_V2)).injected,
  ];
}

t.test('the defaults are data: plugin, member, value, switch, reason', (t) => {
  t.same(
    DEFAULTS.map(({ id, plugin, path, value, enabled }) => ({ id, plugin, path, value, enabled })),
    [
      {
        id: 'externalSetMarkChain',
        plugin: 'portmap',
        path: ['externalSetMarkChain'],
        value: 'KUBE-MARK-MASQ',
        enabled: true,
      },
      {
        id: 'portMappings',
        plugin: 'portmap',
        path: ['capabilities', 'portMappings'],
        value: true,
        enabled: false,
      },
      { id: 'masqAll', plugin: 'portmap', path: ['masqAll'], value: true, enabled: false },
    ],
  );
  for (const { id, reason } of DEFAULTS)
    t.match(reason, /^\P{Cc}{10,}[^.]$/u, `${id} has a reason`);
  t.end();
});

const SWITCHES: Readonly<Record<string, readonly DefaultId[]>> = {
  '': ['externalSetMarkChain'],
  'defaults: {}': ['externalSetMarkChain'],
  'defaults: {mode: inject}': ['externalSetMarkChain'],
  'defaults: {portmap: {externalSetMarkChain: false}}': [],
  'defaults: {portmap: {portMappings: true}}': ['externalSetMarkChain', 'portMappings'],
  'defaults: {portmap: {portMappings: false}}': ['externalSetMarkChain'],
  'defaults: {portmap: {masqAll: true}}': ['externalSetMarkChain', 'masqAll'],
  'defaults: {portmap: {externalSetMarkChain: false, portMappings: true}}': ['portMappings'],
  'defaults: {portmap: {externalSetMarkChain: false, masqAll: true}}': ['masqAll'],
  [`defaults: {${ALL_ON}}`]: ['externalSetMarkChain', 'portMappings', 'masqAll'],
  [`defaults: {mode: suggest, ${ALL_ON}}`]: [],
  [`defaults: {mode: 'off', ${ALL_ON}}`]: [],
};

for (const [yaml, ids] of Object.entries(SWITCHES)) {
  t.test(`"${yaml}" adds ${ids.join(', ') || 'nothing'}`, async (t) => {
    t.same(
      await addedUnder(yaml),
      ids.map((id) => `portmap.${id}`),
    );
  });
}

t.test('the chain to mark packets with may have another name', async (t) => {
  const webhook = webhookUnder('defaults: {portmap: {externalSetMarkChain: MY-MARK}}');
  const { text, warnings } = await mutateText(conflist([VENDOR_CONF, PORTMAP]), webhook);
  t.match(text, '"externalSetMarkChain": "MY-MARK"');
  t.match(warnings, [/"externalSetMarkChain": "MY-MARK"/]);
});

t.test('inject: one warning for each default, with place, plugin and reason', async (t) => {
  const webhook = webhookUnder(`defaults: {mode: inject, ${ALL_ON}}`);
  t.same((await mutateText(PRIVATE, webhook)).warnings, [
    'eni-config-guard added "externalSetMarkChain": "KUBE-MARK-MASQ" to plugins[1] (portmap): ' +
      'mapped traffic is then marked as kube-proxy marks its own',
    'eni-config-guard added "capabilities": {"portMappings": true} to plugins[1] (portmap): ' +
      'without it the runtime passes no ports and portmap does nothing',
  ]);
  t.same((await mutateText(PUBLIC_V2, webhook, BASE_DATAPATH_V2)).warnings, [
    'eni-config-guard added "masqAll": true to plugins[1] (portmap): ' +
      'public access on Datapath V2 needs it',
  ]);
});

t.test('suggest: nothing is changed, and a warning says what to add, where and why', async (t) => {
  const webhook = webhookUnder(`defaults: {mode: suggest, ${ALL_ON}}`);
  t.same(await mutateText(PRIVATE, webhook), {
    ...untouched(PRIVATE),
    warnings: [
      'eni-config-guard suggests "externalSetMarkChain": "KUBE-MARK-MASQ" in plugins[1] (portmap): ' +
        'mapped traffic is then marked as kube-proxy marks its own',
      'eni-config-guard suggests "capabilities": {"portMappings": true} in plugins[1] (portmap): ' +
        'without it the runtime passes no ports and portmap does nothing',
    ],
  });
});

const CAPABILITIES: Readonly<Record<string, readonly [portmap: object, suggestion: RegExp]>> = {
  'no capabilities': [
    { type: 'portmap' },
    /^eni-config-guard suggests "capabilities": \{"portMappings": true\} in plugins\[1\] \(/,
  ],
  'empty capabilities': [
    { type: 'portmap', capabilities: {} },
    /^eni-config-guard suggests "portMappings": true in plugins\[1\]\.capabilities \(/,
  ],
  'another capability': [
    { type: 'portmap', capabilities: { bandwidth: true } },
    /^eni-config-guard suggests "portMappings": true in plugins\[1\]\.capabilities \(/,
  ],
};

for (const [what, [portmap, suggestion]] of Object.entries(CAPABILITIES)) {
  t.test(`suggest: what to add to a portmap with ${what} can be pasted as it stands`, async (t) => {
    const webhook = webhookUnder(
      'defaults: {mode: suggest, portmap: {externalSetMarkChain: false, portMappings: true}}',
    );
    // Pasted beside a "capabilities" that is there, a second one would make the chain be refused.
    t.match((await mutateText(conflist([VENDOR_CONF, portmap]), webhook)).warnings, [suggestion]);
  });
}

t.test('off: not a word, whatever is switched on', async (t) => {
  const webhook = webhookUnder(`defaults: {mode: 'off', ${ALL_ON}}`);
  t.same(await mutateText(PRIVATE, webhook), untouched(PRIVATE));
});
