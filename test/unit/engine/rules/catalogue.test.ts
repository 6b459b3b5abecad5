import t from 'tap';
import { ENI_CONF_FIELDS } from '../../../../src/engine/catalogue/eni-conf.ts';
import type { FieldSpec } from '../../../../src/engine/catalogue/field.ts';
import { PLUGINS } from '../../../../src/engine/catalogue/plugins.ts';
import { BREAK_GLASS_RULES } from '../../../../src/engine/rules/break-glass.ts';
import { RULES as REVIEW_RULES, RULE_IDS, RULE_INFO } from '../../../../src/engine/rules/index.ts';

const RULES = [...REVIEW_RULES, ...BREAK_GLASS_RULES];

const ASCII = /^[\x20-\x7e]+$/;

t.test('ids of rules are unique and in kebab-case', (t) => {
  const ids = RULES.map(({ info }) => info.id);
  t.equal(new Set(ids).size, ids.length, 'no rule is asked twice');
  for (const id of RULE_IDS) {
    t.match(id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  }
  t.end();
});

t.test('a rule explains itself in plain ASCII', (t) => {
  for (const { id, title, why, fix } of Object.values(RULE_INFO)) {
    const remedy = fix.text;
    t.match(title, ASCII, `${id}: title`);
    t.match(why, ASCII, `${id}: why`);
    t.match(remedy, ASCII, `${id}: fix`);
    t.notMatch(title, /[.!?;:,]$/, `${id}: a title has no full stop`);
    t.match(why, /[a-z0-9)"]\.$/, `${id}: the reason ends in a full stop`);
    t.notMatch(remedy, /[.!?;:,]$/, `${id}: a remedy has no full stop; it may be pasted`);
    t.ok(title.length <= 80, `${id}: a title fits on a line`);
    for (const text of [title, why, remedy]) {
      t.notMatch(text, / {2}|^ | $/, `${id}: no stray spaces`);
    }
  }
  t.end();
});

t.test('titles of rules tell them apart', (t) => {
  const titles = Object.values(RULE_INFO).map(({ title }) => title);
  t.equal(new Set(titles).size, titles.length);
  t.end();
});

t.test('remarks about an accepted write only warn', (t) => {
  for (const info of Object.values(RULE_INFO)) {
    if ('advisory' in info) t.equal(info.severity, 'warn', info.id);
  }
  t.end();
});

/** Every field of the plugins and of eni_conf, with what stands inside it, by dotted name. */
function* allFields(
  fields: Readonly<Record<string, FieldSpec>>,
  prefix: string,
): Generator<[string, FieldSpec]> {
  for (const [name, field] of Object.entries(fields)) {
    const dotted = `${prefix}.${name}`;
    yield [dotted, field];
    if (field.items) yield* allFields({ '[]': field.items }, dotted);
    if (field.values) yield* allFields({ '*': field.values }, dotted);
    if (field.fields) yield* allFields(field.fields, dotted);
  }
}

const FIELDS = [
  ...[...PLUGINS.values()].flatMap(({ type, fields }) => [...allFields(fields, type)]),
  ...allFields(ENI_CONF_FIELDS, 'eni_conf'),
];

t.test('every field says what it means and where that is known from', (t) => {
  for (const [name, field] of FIELDS) {
    t.match(field.meaning, ASCII, `${name}: meaning`);
    t.match(field.meaning, /\.$/, `${name}: the meaning ends in a full stop`);
    t.match(field.source, ASCII, `${name}: source`);
  }
  t.end();
});

t.test('versions of fields are three numbers, and nothing ends before it began', (t) => {
  const number = (version: string) =>
    version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
  for (const [name, field] of FIELDS) {
    const { since, until, unreleasedAt, documentedMinimum, enumSince } = field;
    const versions = [
      since,
      until,
      unreleasedAt,
      documentedMinimum,
      ...Object.values(enumSince ?? {}),
    ];
    for (const version of versions) {
      if (version !== undefined) t.match(version, /^\d+\.\d+\.\d+$/, name);
    }
    if (since !== undefined && until !== undefined) t.ok(number(since) < number(until), name);
    if (since !== undefined && documentedMinimum !== undefined) {
      t.ok(number(since) <= number(documentedMinimum), name);
    }
    t.notOk(since !== undefined && unreleasedAt !== undefined, `${name}: released or not`);
    for (const value of Object.keys(enumSince ?? {})) {
      t.ok(field.enum?.includes(value), `${name}: ${value} is one of its values`);
    }
  }
  t.end();
});

t.test(
  'what a field excludes stands beside it, and accepted values hold the one for others',
  (t) => {
    const names = new Set(FIELDS.map(([name]) => name));
    for (const [name, { excludes, acceptedValues }] of FIELDS) {
      if (excludes !== undefined) {
        t.ok(names.has(name.replace(/[^.]*$/, excludes)), `${name} excludes ${excludes}`);
      }
      if (acceptedValues) t.ok(acceptedValues.values.includes(acceptedValues.otherwise), name);
    }
    t.end();
  },
);
