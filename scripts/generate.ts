/**
 * Compiles the JSON schemas into validators (ajv standalone), so that neither ajv nor code
 * generation is needed at run time. Writes src/generated/, which git ignores.
 */
import { fileURLToPath } from 'node:url';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { ENI_CONF_FIELDS } from '../src/engine/catalogue/eni-conf.ts';
import type { FieldSpec } from '../src/engine/catalogue/field.ts';
import { structSchema } from '../src/engine/catalogue/json-schema.ts';
import { GENERIC_FIELDS } from '../src/engine/catalogue/plugins/generic.ts';
import { PLUGINS } from '../src/engine/catalogue/plugins.ts';
import { ENI_CONF_KEY } from '../src/engine/core/eni-config.ts';

const root = new URL('..', import.meta.url);
const generated = new URL('src/generated/', root);

/** Compiles each schema into an export of its own of one module; `exports` says which. */
async function compile(module: string, exports: Readonly<Record<string, AnySchemaObject>>) {
  const ajv = new Ajv({ strict: true, allErrors: true, code: { source: true, esm: true } });
  for (const [name, schema] of Object.entries(exports)) ajv.addSchema(schema, name);
  const names = Object.fromEntries(Object.keys(exports).map((name) => [name, name]));
  // ajv's code reaches for its runtime helpers with require(); esbuild puts them in.
  const bundled = await build({
    stdin: {
      contents: standalone.default(ajv, names),
      resolveDir: fileURLToPath(root),
      loader: 'js',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  write(`${module}.js`, bundled.outputFiles[0]?.text ?? '');
}

function write(name: string, text: string): void {
  writeFileSync(new URL(name, generated), text);
}

mkdirSync(generated, { recursive: true });

/** Validators by program; the empty name is for plugins of which only the runtime's fields count. */
const programs = new Map<string, Readonly<Record<string, FieldSpec>>>([
  ['', GENERIC_FIELDS],
  [ENI_CONF_KEY, ENI_CONF_FIELDS],
  ...[...PLUGINS.values()].map(({ type, fields }) => [type, fields] as const),
]);
const exportName = (program: string) => `validate_${program.replaceAll(/[^a-z]/g, '_')}`;
await compile(
  'validators-by-name',
  Object.fromEntries(
    [...programs].map(([program, fields]) => [exportName(program), structSchema(fields)]),
  ),
);
write(
  'validators.js',
  `import * as byName from './validators-by-name.js';
export const VALIDATORS = {
${[...programs.keys()].map((program) => `  '${program}': byName.${exportName(program)},`).join('\n')}
};
`,
);
write(
  'validators.d.ts',
  `export interface ValidatorError {
  instancePath: string;
  keyword: string;
  params: { missingProperty?: string };
}
export const VALIDATORS: Readonly<
  Record<string, { (value: unknown): boolean; errors?: ValidatorError[] | null }>
>;
`,
);

// The schema lists the ids of the rules, which themselves need the validators above.
const { CONFIG_SCHEMA } = await import('../src/config/schema.ts');
await compile('validate-config', { validateConfig: CONFIG_SCHEMA });
write(
  'validate-config.d.ts',
  `export interface SchemaError {
  instancePath: string;
  schemaPath: string;
  keyword: string;
  params: {
    additionalProperty?: string;
    propertyName?: string;
    allowedValues?: unknown[];
    type?: string;
    limit?: number;
    comparison?: string;
  };
}
export const validateConfig: { (value: unknown): boolean; errors?: SchemaError[] | null };
`,
);
