import { ENI_CONF_FIELDS } from '../../../src/engine/catalogue/eni-conf.ts';
import { type FieldSpec, isReadBy } from '../../../src/engine/catalogue/field.ts';
import { HARMLESS, NETWORK_MAKERS } from '../../../src/engine/catalogue/network-makers.ts';
import { GENERIC_FIELDS } from '../../../src/engine/catalogue/plugins/generic.ts';
import { PLUGINS } from '../../../src/engine/catalogue/plugins.ts';
import { parseVersion } from '../../../src/engine/core/version.ts';
import type { PluginSources, Shape, Shapes, TerwaySources } from './sources.ts';

/** Where the catalogue and the sources of a release say different things; one line each. */

type Fields = Readonly<Record<string, FieldSpec>>;

/** The catalogue's own fields of a plugin, without what every entry has. */
export const ownFields = (type: string): Fields =>
  Object.fromEntries(
    Object.entries(PLUGINS.get(type)?.fields ?? {}).filter(([name]) => !isGeneric(name)),
  );

const isGeneric = (name: string) => Object.hasOwn(GENERIC_FIELDS, name);

/** Compares a release of the plugins; `fieldsOf` gives what the catalogue knows of a plugin. */
export function comparePlugins(
  { version, fields, types }: PluginSources,
  fieldsOf: (type: string) => Fields = ownFields,
): string[] {
  const strangers = types.filter(
    (type) => !PLUGINS.has(type) && !NETWORK_MAKERS.has(type) && !HARMLESS.has(type),
  );
  return [
    ...strangers.map((type) => `${version} ships ${type}, which the catalogue does not know`),
    ...Object.entries(fields).flatMap(([type, shapes]) =>
      compareFields(`${type} ${version}`, version, fieldsOf(type), shapes),
    ),
  ];
}

/** Compares Terway's release: eni_conf, and what programs of Terway read of its entry. */
export function compareTerway({ version, eniConf, entry, cli }: TerwaySources): string[] {
  const own = ownFields('terway');
  const looksUp = (name: string) => cli.includes(`"${name}"`);
  // What a struct does not hold terway-cli looks up by its name.
  const inEntry: Shapes = {
    ...entry,
    ...Object.fromEntries(
      Object.entries(own)
        .filter(([name]) => !Object.hasOwn(entry, name) && looksUp(name))
        .map(([name, { type }]): [string, Shape] => [name, { type }]),
    ),
  };
  return [
    ...compareFields(`eni_conf of Terway ${version}`, version, ENI_CONF_FIELDS, eniConf),
    ...compareFields(`terway ${version}`, version, own, inEntry),
    ...[...unrun('eni_conf', ENI_CONF_FIELDS), ...unrun('terway', own)],
  ];
}

/** What only sources newer than every release know must say so, with their commit. */
function unrun(where: string, fields: Fields): string[] {
  return Object.entries(fields)
    .filter(([, field]) => field.unreleasedAt !== undefined || field.enumUnreleasedAt !== undefined)
    .filter(([, { source }]) => !/read, not run, at commit [0-9a-f]{8}/.test(source))
    .map(([name]) => `${where}: ${name} does not say at which commit it was read`);
}

function compareFields(where: string, version: string, fields: Fields, shapes: Shapes): string[] {
  const release = parseVersion(version)!;
  const found: string[] = [];
  for (const [name, shape] of Object.entries(shapes)) {
    if (isGeneric(name)) continue;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field || !isReadBy(field, release)) {
      const what = field ? 'which the catalogue says it does not' : 'which the catalogue lacks';
      found.push(`${where} reads ${name} (${shape.type}), ${what}`);
    } else {
      found.push(...compareShapes(`${where}: ${name}`, version, field, shape));
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!isReadBy(field, release) || Object.hasOwn(shapes, name)) continue;
    found.push(`${where} does not read ${name}, which the catalogue says it does`);
  }
  return found;
}

function compareShapes(where: string, version: string, field: FieldSpec, shape: Shape): string[] {
  if (shape.type === 'foreign') return [];
  if (shape.type !== field.type) {
    return [`${where} is ${shape.type}, and ${field.type} in the catalogue`];
  }
  if (shape.fields) {
    // Members that an embedded struct of another module adds can't be seen.
    const isWhole = !Object.values(shape.fields).some(({ type }) => type === 'foreign');
    return isWhole ? compareFields(where, version, field.fields ?? {}, shape.fields) : [];
  }
  const inner = shape.items ?? shape.values;
  const known = shape.items ? field.items : field.values;
  if (!inner || inner.type === 'foreign') return [];
  if (!known) return [`${where} holds ${inner.type}, of which the catalogue says nothing`];
  return compareShapes(`${where}, inside,`, version, known, inner);
}
