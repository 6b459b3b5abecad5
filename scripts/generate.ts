/**
 * Compiles the JSON schemas into validators (ajv standalone), so that neither ajv nor code
 * generation is needed at run time. Writes src/generated/, which git ignores.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { CONFIG_SCHEMA } from '../src/config/schema.ts';

const root = new URL('..', import.meta.url);
const generated = new URL('src/generated/', root);

async function compile(name: string, exported: string, schema: AnySchemaObject): Promise<void> {
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    code: { source: true, esm: true },
  });
  ajv.addSchema(schema, exported);
  const code = standalone.default(ajv, { [exported]: exported });
  // ajv's code reaches for its runtime helpers with require(); esbuild puts them in.
  const bundled = await build({
    stdin: { contents: code, resolveDir: root.pathname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  writeFileSync(new URL(`${name}.js`, generated), bundled.outputFiles[0]?.contents ?? '');
}

mkdirSync(generated, { recursive: true });
await compile('validate-config', 'validateConfig', CONFIG_SCHEMA);
writeFileSync(
  new URL('validate-config.d.ts', generated),
  `export interface SchemaError {
  instancePath: string;
  keyword: string;
  params: {
    additionalProperty?: string;
    allowedValues?: unknown[];
    type?: string;
    limit?: number;
    comparison?: string;
  };
}
export const validateConfig: { (value: unknown): boolean; errors?: SchemaError[] | null };
`,
);
