import { readFile } from 'node:fs/promises';
import { parseAllDocuments, stringify } from 'yaml';

import type { ControlPlane } from './controlplane/control-plane.ts';

/** Roles of a page under its heading "Rights". */
export interface PageRights {
  readonly page: 'history' | 'nodes' | 'rollout';
  /** Of the Roles that are taken; all of them unless given. */
  readonly names?: readonly string[];
  /** A right that is left out, which the page must have. */
  readonly without?: Missing;
}

/** A verb, and the resource that it is for. */
export type Missing = readonly [verb: string, resource: string];

interface Role {
  readonly kind: 'Role' | 'ClusterRole';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Makes a user with the rights that a page names, and no others; the path of its kubeconfig. */
export async function pageUser(
  plane: ControlPlane,
  user: string,
  rights: PageRights,
): Promise<string> {
  for (const role of await rolesOf(rights)) {
    const { kind, metadata } = role;
    const { namespace } = metadata;
    const name = `${user}-${metadata.name}`;
    const inNamespace = namespace === undefined ? [] : ['-n', namespace];
    const binding = [kind.toLowerCase() + 'binding', name, `--${kind.toLowerCase()}=${name}`];
    const named = { ...role, metadata: { ...metadata, name } };
    await succeed(plane, ['create', '-f', '-'], stringify(named));
    await succeed(plane, ['create', ...binding, `--user=${user}`, ...inNamespace]);
  }
  return plane.kubeconfigFor(user, []);
}

async function rolesOf({ page, names, without }: PageRights): Promise<readonly Role[]> {
  const text = await readFile(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8');
  const [, section = ''] = text.split('\n## Rights\n');
  const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(section) ?? [];
  const all = parseAllDocuments(yaml).map((document) => document.toJS() as Role);
  const chosen = all.filter(({ metadata }) => names?.includes(metadata.name) ?? true);
  if (chosen.length === 0) throw new Error(`docs/${page}.md names no such Role`);
  return without ? lacking(chosen, without) : chosen;
}

function lacking(roles: readonly Role[], [verb, resource]: Missing): readonly Role[] {
  const rules = roles.flatMap((role) => role.rules);
  if (!rules.some(({ resources, verbs }) => resources.includes(resource) && verbs.includes(verb))) {
    throw new Error(`the page does not name the right to ${verb} ${resource}`);
  }
  return roles.map((role) => ({
    ...role,
    rules: role.rules
      .flatMap((rule) => rule.resources.map((of) => ({ ...rule, resources: [of] })))
      .map((rule) =>
        rule.resources[0] === resource
          ? { ...rule, verbs: rule.verbs.filter((other) => other !== verb) }
          : rule,
      )
      .filter(({ verbs }) => verbs.length > 0),
  }));
}

async function succeed(plane: ControlPlane, args: readonly string[], stdin = ''): Promise<void> {
  const { code, stderr } = await plane.kubectl(args, { stdin });
  if (code !== 0) throw new Error(stderr);
}
