import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { asGithub } from '../../../../src/engine/report/lint-github.ts';
import { asJson } from '../../../../src/engine/report/lint-json.ts';
import { asJunit } from '../../../../src/engine/report/lint-junit.ts';
import type { LintReport } from '../../../../src/engine/report/lint-report.ts';
import { asSarif } from '../../../../src/engine/report/lint-sarif.ts';
import { asText } from '../../../../src/engine/report/lint-text.ts';
import { RULE_INFO } from '../../../../src/engine/rules/index.ts';
import { judge } from '../../../../src/manifests/judge.ts';
import { readManifests } from '../../../../src/manifests/read.ts';
import { keepsContract } from '../../../support/contract.ts';
import { fieldsIn } from '../../../support/documented-fields.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { configMap } from '../../../support/changes.ts';
import { yamlManifest } from '../../../support/manifests.ts';
import { WEBHOOK } from '../../../support/running-app.ts';
import { EDITS } from '../rules/edits/index.ts';

const RULES = Object.values(RULE_INFO);

/** A report on one file with this chain behind terway. */
function reportOn(plugins: readonly object[], name = 'a.yaml'): LintReport {
  const data = withConflist(BASE_VETH, conflist([VETH_CONF, ...plugins]));
  const [object] = readManifests({ name, text: yamlManifest(configMap(data)) }).objects;
  const judged = judge(object!, undefined, { ...WEBHOOK, facts: NO_FACTS });
  return { objects: [judged], facts: NO_FACTS, version: '1.2.3' };
}

const BAD = [{ ...PORTMAP, snat: 'true' }, { type: 'my-plugin' }];

/** The schema of OASIS; draft 4 of JSON schema, of which it uses what draft 7 has as well. */
function sarifSchema(): object {
  const file = import.meta.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const { $schema, id, ...schema } = JSON.parse(readFileSync(new URL(file), 'utf8')) as Record<
    string,
    unknown
  >;
  t.match({ $schema, id }, { $schema: /draft-04/, id: /sarif-2\.1\.0/ });
  return schema;
}

t.test('SARIF is valid, whatever was found', async (t) => {
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
  const validate = ajv.compile(sarifSchema());
  t.notOk(validate({ version: '2.1.0', runs: [{}] }), 'the schema refuses what is no log');
  const objects = EDITS.flatMap(({ change, facts, policy }, index) => {
    if (!change.new || index % 5 > 0) return [];
    const text = yamlManifest(change.new);
    return readManifests({ name: `a b/#${index}?.yaml`, text }).objects.map((object) =>
      judge(object, change.old, { ...WEBHOOK, facts, policy }),
    );
  });
  const log = JSON.parse(asSarif({ objects, facts: NO_FACTS, version: '1.2.3' }, RULES)) as {
    runs: {
      results: { ruleId: string; ruleIndex: number; locations: unknown[] }[];
      tool: { driver: { rules: { id: string }[] } };
    }[];
  };
  t.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 3)));
  const [{ results, tool }] = log.runs as [(typeof log.runs)[0]];
  t.ok(results.length > 50, `${results.length} results`);
  for (const { ruleId, ruleIndex } of results) {
    if (tool.driver.rules[ruleIndex]?.id !== ruleId) t.fail(`${ruleId} is not at ${ruleIndex}`);
  }
  t.match(results[0], {
    locations: [{ physicalLocation: { artifactLocation: { uri: /^a%20b\/%23\d+%3F\.yaml$/ } } }],
  });
});

t.test('SARIF of one finding', async (t) => {
  const log = JSON.parse(asSarif(reportOn(BAD), RULES)) as unknown;
  t.match(log, {
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'eni-config-guard', version: '1.2.3' } },
        columnKind: 'unicodeCodePoints',
        results: [
          {
            ruleId: 'field-type',
            level: 'error',
            message: { text: /^data\[10-terway\.conflist]\.plugins\[1]\.snat: "snat" must be/ },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'a.yaml' },
                  region: { startLine: 61, startColumn: 19, endLine: 61, endColumn: 25 },
                },
                logicalLocations: [
                  { fullyQualifiedName: 'data[10-terway.conflist].plugins[1].snat' },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  t.match(asSarif(reportOn(BAD, '/x/a.yaml'), RULES), /"uri": "file:\/\/\/x\/a\.yaml"/);
});

t.test('JUnit: a test that failed for each refusal, remarks as output', async (t) => {
  const lines = asJunit(reportOn(BAD, 'a&"<.yaml')).split('\n');
  t.equal(lines[0], '<?xml version="1.0" encoding="UTF-8"?>');
  t.equal(lines[1], '<testsuites name="eni-config-guard" tests="1" failures="1">');
  t.equal(lines[2], '  <testsuite name="a&amp;&quot;&lt;.yaml" tests="1" failures="1">');
  t.match(
    lines[4],
    /^ {6}<failure type="field-type" message="&quot;snat&quot; must be true or false/,
  );
  t.match(lines.join('\n'), /<system-out>\d+ remarks?\n.*my-plugin/s);
  const good = asJunit(reportOn([PORTMAP]));
  t.match(good, /tests="1" failures="0">\n {4}<testcase classname="a\.yaml" name="eni-config"\/>/);
  t.notMatch(good, /<failure/);
});

t.test('GitHub annotations', async (t) => {
  const [first, ...rest] = asGithub(reportOn(BAD, 'a,b:c.yaml')).split('\n');
  t.match(
    first,
    /^::error file=a%2Cb%3Ac\.yaml,line=61,endLine=61,col=19,endColumn=25,title=eni-config-guard\/field-type::data\[10-terway\.conflist]\.plugins\[1]\.snat: "snat" must be true or false, .*%0A {2}line 17, column 15/,
  );
  t.ok(rest.some((line) => line.startsWith('::warning file=')));
  t.equal(asGithub({ objects: [], facts: NO_FACTS, version: '' }), '');
});

t.test('text in colour says the same', async (t) => {
  const report = reportOn(BAD);
  const coloured = asText(report, { isColoured: true });
  const plain = asText(report, { isColoured: false });
  t.ok(coloured.includes('\u001b[1;31mdeny:\u001b[0m'));
  // eslint-disable-next-line no-control-regex
  t.equal(coloured.replace(/\u001b\[[0-9;]*m/g, ''), plain);
});

t.test('JSON as its page has it', async (t) => {
  const report = JSON.parse(asJson(reportOn(BAD))) as Record<string, unknown>;
  keepsContract(t, 'lint', fieldsIn(report), [report]);
  t.match(report, {
    schema: 1,
    verdict: 'deny',
    denied: 1,
    objects: [
      {
        file: 'a.yaml',
        judged: 'state',
        verdict: 'deny',
        remarks: [],
        findings: [
          {
            rule: 'field-type',
            severity: 'deny',
            key: '10-terway.conflist',
            path: 'plugins[1].snat',
            line: 17,
            column: 15,
            impact: 'outage',
            isFixCertain: true,
            place: {
              file: 'a.yaml',
              start: { line: 61, column: 19 },
              end: { line: 61, column: 25 },
            },
          },
        ],
      },
    ],
    facts: {},
  });
  t.same(Object.keys(report), ['schema', 'verdict', 'denied', 'told', 'objects', 'facts']);
});
