import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { CONF_KEY, type ConfigMap } from '../engine/core/eni-config.ts';
import type { Finding } from '../engine/core/finding.ts';
import { BULLET, describeFinding, fieldOf } from '../engine/report/finding-text.ts';
import { count } from '../engine/text/text.ts';
import { ApiError, connect } from '../kube/api.ts';
import { compare } from '../rollout/history/comparison.ts';
import { diffAsText } from '../rollout/history/report.ts';
import { type PutBackEnd, putBack } from '../rollout/history/put-back.ts';
import { readStoredVersion, rollbackTarget } from '../rollout/history/rollback.ts';
import { learnOnce, unknownTo } from './compose/facts.ts';
import { defineCommand } from './frame/command.ts';
import { canAsk, confirm } from './frame/confirm.ts';
import { failureText } from './frame/failure-text.ts';
import { CONFIG, KUBECONFIG } from './frame/flags.ts';
import { note, noteWarnings, print } from './frame/print.ts';
import { SHOW_SECRETS, textsOf } from './history.ts';
import { HISTORY_PAGE, historyOf, revisionNamed } from './revisions.ts';
import { UsageError } from './usage-error.ts';

export const command = defineCommand(
  {
    operands: 'REV',
    details:
      'Puts the texts of a revision back: shows the difference, judges it by the rules of today, asks, and\n' +
      'writes it with your rights and through the guard. 10-terway.conf stays as it is stored.',
    flags: {
      ...CONFIG,
      ...KUBECONFIG,
      ...SHOW_SECRETS,
      yes: { about: 'do not ask' },
    },
    examples: ['rollback 12', 'rollback 12 --yes'],
    statuses: '0 done, or nothing to do; 1 refused, or not confirmed; 2 it could not be tried',
  },
  async ({ operands, flags: { config: path, yes, 'show-secrets': hasSecrets, ...connection } }) => {
    const [word, ...more] = operands;
    if (word === undefined || more.length > 0) throw new UsageError('rollback takes one REV');
    if (!yes && !canAsk()) {
      throw new UsageError('rollback asks before it writes; where no terminal is, pass --yes');
    }
    const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
    const api = connect(connection);
    const revision = revisionNamed(await historyOf(api), word);
    const former = textsOf(revision);
    const stored = await tried(readStoredVersion(api));
    const target = rollbackTarget(former, stored?.configMap);
    const changes = compare(stored?.configMap ?? NOTHING, target, hasSecrets);
    if (stored && changes.length === 0) {
      note(`eni-config holds the texts of revision ${revision.number} already`);
      return 0;
    }
    await print(diffAsText(changes));
    if (target.data.get(CONF_KEY) !== former.data.get(CONF_KEY)) {
      note(`${CONF_KEY} was another one then; it stays as it is stored`);
    }
    const known = await learnOnce(config, api);
    for (const line of unknownTo(known)) note(`not known: ${line}`);
    const end = await putBack(api, {
      target,
      stored,
      facts: known.facts(),
      policy: config.policy,
      isWanted: async () => yes || confirm(`Write the texts of revision ${revision.number}?`),
      onWarnings: noteWarnings,
    });
    return tell(end, target, revision.number);
  },
);

/** Says what came of it; resolves with the exit status. */
async function tell(end: PutBackEnd, target: ConfigMap, number: number): Promise<0 | 1> {
  switch (end.how) {
    case 'written':
      note(`eni-config holds the texts of revision ${number} again`);
      return 0;
    case 'unwanted':
      note('nothing was changed');
      return 1;
    case 'denied': {
      await print(refusals(end.denials, target));
      const problems = count(end.denials.length, 'problem');
      note(`nothing was changed: by the rules of today this would be refused (${problems})`);
      return 1;
    }
    case 'failed': {
      const { status } = end.error;
      const why = failureText(end.error, HISTORY_PAGE);
      if (status === 409) {
        throw new UsageError('nothing was written: eni-config was changed meanwhile; look again');
      }
      // 422 is the answer of the guard, and 400 what policies and other webhooks use.
      if (status !== 422 && status !== 400) throw new UsageError(`nothing was written: ${why}`);
      note(`nothing was changed: ${why}`);
      return 1;
    }
  }
}

const NOTHING = { data: new Map<string, string>(), binaryData: new Map<string, string>() };

const refusals = (denials: readonly Finding[], object: ConfigMap) =>
  denials
    .map((finding) => `${BULLET}${fieldOf(finding)}: ${describeFinding(finding, object)}\n`)
    .join('');

async function tried<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    throw new UsageError(`can't read eni-config: ${failureText(error, HISTORY_PAGE)}`);
  });
}
