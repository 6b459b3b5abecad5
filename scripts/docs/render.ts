import {
  CNI_CHAIN_UNREAD_UP_TO,
  TERWAYS_OWN_MEMBERS,
} from '../../src/engine/catalogue/cni-chain.ts';
import { MAX_CNI_CHAIN_ENTRIES } from '../../src/engine/core/chain.ts';
import { readFileSync } from 'node:fs';
import { drawFolders } from './architecture.ts';
import { renderFacts } from './facts.ts';
import { renderMetrics } from './metrics.ts';
import { renderRules } from './rules.ts';
import { renderSchemas } from './schemas.ts';
import { translations } from './translations.ts';
import { ENI_CONF_FIELDS } from '../../src/engine/catalogue/eni-conf.ts';
import {
  type AcceptedValues,
  EFFECT_TEXT,
  type FieldSpec,
  choices,
} from '../../src/engine/catalogue/field.ts';
import { GENERIC_FIELDS } from '../../src/engine/catalogue/plugins/generic.ts';
import { PLUGINS } from '../../src/engine/catalogue/plugins.ts';
import { listed } from '../../src/engine/text/text.ts';

/** What page and rules say of the key cni_chain. */
const CNI_CHAIN = `## The chain in \`cni_chain\`

Terway newer than ${CNI_CHAIN_UNREAD_UP_TO} reads the key \`cni_chain\` in place of \`10-terway.conflist\`: a YAML list of at most ${MAX_CNI_CHAIN_ENTRIES} plugins that run behind terway, whose own entry is \`10-terway.conf\`. \`[]\` switches the chain off. Each entry is judged as one of a conflist is, by the tables below; ${TERWAYS_OWN_MEMBERS.map((name) => `\`${name}\``).join(', ')} and the type \`terway\` stand in none. The text is read as YAML 1.1, as by sigs.k8s.io/yaml 1.6.0: \`yes\`, \`on\` and \`y\` are true, \`0777\` is a number in octal, JSON is YAML as well; the first document counts, of at most 64 KiB. \`/mutate\` adds no defaults to it.

Source: AliyunContainerService/terway at 1a4532b7ef5f63f29dc932ca92431fecdd96eadc, cmd/terway-cli/{common,cni}.go and the page on custom CNI chains; read, not run, as no release has it yet.`;

/** The pages under docs/ that come from code. A test compares them with what stands there. */
export function renderPages(): Readonly<Record<string, string>> {
  return {
    ...renderRules(),
    'plugins.md': renderPlugins(),
    'metrics.md': renderMetrics(),
    'architecture.md': drawFolders(readFileSync(ARCHITECTURE, 'utf8')),
    'facts.md': renderFacts(),
    ...renderSchemas(),
    ...Object.fromEntries(translations().map(({ page, text }) => [page, text])),
  };
}

const ARCHITECTURE = new URL('../../docs/architecture.md', import.meta.url);

const noteOf = (source: string) =>
  `<!-- Made from ${source} by \`npm run docs\`; edits here are lost. -->`;

function renderPlugins(): string {
  const tables = [...PLUGINS.values()].map(({ type, since, releasedWith, fields }) =>
    [
      `## ${type}`,
      `Released with ${releasedWith.project}. Binary: ${releasedWith.binaryFrom}${since === undefined ? '' : `, since ${since}`}.`,
      renderTable(Object.fromEntries(Object.entries(fields).filter(isOwn))),
    ].join('\n\n'),
  );
  return [
    '# Plugins and their parameters',
    noteOf('src/engine/catalogue'),
    'What the guard knows of each program. "since" is the first release that reads the parameter; ' +
      'where ACK documents a higher minimum, that one counts.',
    CNI_CHAIN,
    `## Every entry\n\nRead by the container runtime from any plugin's entry.\n\n${renderTable(GENERIC_FIELDS)}`,
    ...tables,
    `## eni_conf\n\nTerway's daemon configuration. Versions are Terway releases.\n\n${renderTable(ENI_CONF_FIELDS)}`,
  ].join('\n\n');
}

/** Whether a field is the plugin's own and not one that every entry has. */
const isOwn = ([name, field]: [string, FieldSpec]) =>
  (GENERIC_FIELDS as Readonly<Record<string, FieldSpec>>)[name] !== field;

function renderTable(fields: Readonly<Record<string, FieldSpec>>): string {
  const rows = Object.entries(fields).flatMap(([name, field]) => renderRows(name, field));
  return [
    '| parameter | type | since | a wrong type | meaning | source |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function renderRows(name: string, field: FieldSpec): string[] {
  const cells = [
    `\`${name}\``,
    typeOf(field),
    versionsOf(field),
    field.dropped ? 'is deleted by Terway' : EFFECT_TEXT[field.effect],
    meaningOf(field),
    field.source,
  ];
  const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const nested = Object.entries(field.fields ?? {});
  return [row, ...nested.flatMap(([inner, spec]) => renderRows(`${name}.${inner}`, spec))];
}

function typeOf({ type, items, values, enum: allowed, min, max }: FieldSpec): string {
  if (items) return `list of ${items.type}`;
  if (values) return `map to ${values.type}`;
  if (allowed) return allowed.map((item) => `"${item}"`).join(', ');
  if (min === undefined && max === undefined) return type;
  return `${type} ${[min === undefined ? '' : `from ${min}`, max === undefined ? '' : `to ${max}`].join(' ').trim()}`;
}

function versionsOf({
  since,
  documentedMinimum,
  until,
  unreleasedAt,
  enumSince,
}: FieldSpec): string {
  const parts = [
    unreleasedAt === undefined ? (since ?? '') : `after ${unreleasedAt}`,
    documentedMinimum === undefined ? '' : `ACK asks ${documentedMinimum}`,
    until === undefined ? '' : `gone in ${until}`,
    ...Object.entries(enumSince ?? {}).map(([value, version]) => `"${value}" ${version}`),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function meaningOf(field: FieldSpec): string {
  const notes = [
    field.meaning,
    field.acceptedValues ? acceptedText(field.acceptedValues) : '',
    field.excludes === undefined ? '' : `Not together with ${field.excludes}.`,
    field.required ? 'Required.' : '',
    field.reserved ? 'Must not be set.' : '',
    field.protected ? 'Not to be changed by users.' : '',
    field.neutralValue === undefined
      ? ''
      : `${JSON.stringify(field.neutralValue)} asks for nothing.`,
  ];
  return notes.filter((note) => note !== '').join(' ');
}

function acceptedText(accepted: AcceptedValues): string {
  const { otherwise, anyCase, refusedSince } = accepted;
  const values = listed(choices(accepted).map((value) => `"${value}"`));
  const others =
    refusedSince === undefined
      ? `anything else acts as "${otherwise}".`
      : `any other text is refused since ${refusedSince}, and acted as "${otherwise}" before.`;
  return `${values}${anyCase ? ' in any letter case' : ''}; ${others}`;
}
