import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { asGithub } from '../engine/report/lint-github.ts';
import { asJson } from '../engine/report/lint-json.ts';
import { asJunit } from '../engine/report/lint-junit.ts';
import type { LintReport } from '../engine/report/lint-report.ts';
import { asSarif } from '../engine/report/lint-sarif.ts';
import { asText } from '../engine/report/lint-text.ts';
import { RULE_INFO } from '../engine/rules/index.ts';
import { judge } from '../manifests/judge.ts';
import { oldObjects } from './files/against.ts';
import { findObjects } from './files/operands.ts';
import { FACT_FLAGS, factsFrom } from './files/stated-facts.ts';
import { defineCommand } from './frame/command.ts';
import { calledAs } from './frame/help.ts';
import { isColoured, note, print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

const FORMATS = {
  text: (report) => asText(report, { isColoured: isColoured() }),
  json: asJson,
  sarif: (report) => asSarif(report, Object.values(RULE_INFO)),
  junit: asJunit,
  github: asGithub,
} as const satisfies Readonly<Record<string, (report: LintReport) => string>>;

const FORMAT_NAMES = [
  'text',
  'json',
  'sarif',
  'junit',
  'github',
] as const satisfies readonly (keyof typeof FORMATS)[];

export const command = defineCommand(
  {
    operands: 'FILE...',
    details:
      'FILE is a ConfigMap in YAML or JSON, a kustomization, the bare text of a key\n' +
      '(10-terway.conflist, 10-terway.conf, eni_conf), a folder, a pattern, or - for standard input.',
    flags: {
      against: { value: 'OLD|git:REV', about: 'judge the change from there; else the state' },
      format: { value: 'FORMAT', values: FORMAT_NAMES, about: 'how to print (default text)' },
      ...FACT_FLAGS,
    },
    examples: [
      'lint eni-config.yaml',
      'lint --against git:HEAD --terway 1.15.2 --plugin portmap=1.7.1 manifests/',
      'lint - < rendered.yaml',
    ],
    statuses: '0 nothing denied, 1 something denied, 2 the call or a file is unusable',
  },
  async ({ operands, flags }) => {
    if (operands.length === 0) {
      throw new UsageError(
        `lint needs a FILE, or - for standard input; see ${calledAs()} lint --help`,
      );
    }
    const { config: path, against, format = 'text' } = flags;
    const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
    const { objects, notes } = await findObjects(operands);
    for (const text of notes) note(text);
    const oldOf = against === undefined ? () => undefined : await oldObjects(against);
    const facts = await factsFrom(flags, config);
    const { policy, defaults } = config;
    const judged = [];
    for (const object of objects) {
      judged.push(judge(object, await oldOf(object), { facts, policy, defaults }));
    }
    await print(FORMATS[format]({ objects: judged, facts, version: VERSION }));
    return judged.every(({ verdict }) => verdict.allowed) ? 0 : 1;
  },
);
