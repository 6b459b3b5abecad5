import { type AdmissionResponse, answer } from '../../src/admission/response.ts';
import { type WebhookOptions, validate } from '../../src/admission/validate.ts';
import type { Verdict } from '../../src/engine/core/decide.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/engine/core/policy.ts';
import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import { RULE_IDS } from '../../src/engine/rules/index.ts';
import { configMap } from './changes.ts';
import { BASE_VETH, type Data, PORTMAP, VETH_CONF, conflist, withConflist } from './config-maps.ts';
import { UID, reviewBody } from './reviews.ts';
import { WEBHOOK } from './running-app.ts';

/** Responses to writes, and what every one of them must be like (docs/answers.md). */

/** A policy under which every rule refuses, so that every message becomes a cause. */
const EVERYTHING_DENIED: Policy = {
  ...DEFAULT_POLICY,
  rules: new Map(RULE_IDS.filter((id) => id !== 'restart-needed').map((id) => [id, 'deny'])),
};

/** The response to an update of the base to `data`. */
export async function respond(
  data: Data,
  oldData: Data = BASE_VETH,
  webhook = WEBHOOK,
): Promise<AdmissionResponse> {
  return (await validate(reviewBody({ oldData, data }), webhook)).response;
}

export const respondToChain = async (text: string, webhook = WEBHOOK) =>
  await respond(withConflist(BASE_VETH, text), BASE_VETH, webhook);

const OBJECT = configMap(withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP])));

/** The answer to a verdict on an object. */
export const answered = (found: Verdict, object: ConfigMap | undefined = OBJECT) =>
  answer(UID, found, object);

export const ALL_DENIED: WebhookOptions = { ...WEBHOOK, policy: EVERYTHING_DENIED };

/** Controls, line separators, lone surrogates: what loops kubectl edit or paints a terminal. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
const UNSAFE_BUT_LF = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cs}]/u;

/** What is wrong with a response, in words; nothing when it is as it must be. */
export function faults(response: AdmissionResponse): string[] {
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  const { status, warnings = [], auditAnnotations = {} } = response;
  must(response.uid === UID, 'the uid is that of the request');
  must((status === undefined) === response.allowed, 'a refusal, and only it, has a status');
  if (status) {
    const { code, reason, message, details } = status;
    const causes = details?.causes ?? [];
    must(code === 422 && reason === 'Invalid', '422 Invalid');
    must(details?.kind === 'ConfigMap' && details.name === 'eni-config', 'kind and name');
    must(causes.length >= 1 && causes.length <= 21, '1 to 20 causes and a word on the rest');
    must(!UNSAFE_BUT_LF.test(message), 'message: no control characters but LF');
    must(!message.endsWith('\n'), 'message: no trailing newline');
    const shown = causes.map((cause) => `* ${cause.field}: ${cause.message}`);
    must(new Set(shown).size === shown.length, 'causes: none twice');
    must(
      shown.every((cause) => message.includes(cause)),
      'message: repeats every cause',
    );
    for (const [index, cause] of causes.entries()) {
      const isRest = index === 20;
      const lines = cause.message.split('\n');
      must(cause.field !== '' && !UNSAFE.test(cause.field), 'field: there and printable');
      must(/^(?:data|metadata\.(?:name$|annotations\[))/.test(cause.field), 'field: a place');
      must(!UNSAFE_BUT_LF.test(cause.message), 'cause: no control characters but LF');
      must(cause.message.trim() !== '', 'cause: says something');
      must(!cause.message.endsWith('\n'), 'cause: no trailing newline');
      must(
        lines.slice(1).every((line) => line.startsWith('  ')),
        'cause: continuation lines are indented by two spaces',
      );
      must(cause.message.length <= 4200, 'cause: bounded');
      must(
        isRest || lines.some((line) => line.startsWith('  fix: ')),
        'cause: says how to mend it',
      );
      must(
        isRest || /^ {2}rule: eni-config-guard\/[a-z-]+$/.test(lines.at(-1) ?? ''),
        'cause: names its rule',
      );
    }
  }
  for (const warning of warnings) {
    must(!UNSAFE.test(warning), 'warning: one line without control characters');
    must(warning.length >= 1 && warning.length <= 256, 'warning: at most 256 characters');
  }
  must(warnings.join('').length <= 4096, 'warnings: at most 4096 characters in total');
  must(new Set(warnings).size === warnings.length, 'warnings: none twice');
  for (const [key, value] of Object.entries(auditAnnotations)) {
    must(/^[A-Za-z0-9._-]+$/.test(key), 'annotation: a key without a slash');
    must(!UNSAFE.test(value), 'annotation: no control characters');
  }
  return [...new Set(found)];
}

/** The same for a response that is still to be made; a failed call is a fault, too. */
export async function faultsOf(
  make: () => AdmissionResponse | Promise<AdmissionResponse>,
  check = faults,
): Promise<string[]> {
  try {
    return check(await make());
  } catch (error) {
    return [`throws ${String(error)}`];
  }
}
