/**
 * Compiles the schema of the configuration file into a validator (ajv standalone), so that neither
 * ajv nor code generation is needed at run time, and makes one module of the rules' pages, which the
 * bundle carries wherever it goes. Writes src/generated/, which git ignores.
 */
import { fileURLToPath } from 'node:url';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { CONFIG_SCHEMA } from '../src/config/schema.ts';

const root = new URL('..', import.meta.url);
const generated = new URL('src/generated/', root);

const ajv = new Ajv({ strict: true, allErrors: true, code: { source: true, esm: true } });
ajv.addSchema(CONFIG_SCHEMA, 'validateConfig');
// ajv's code reaches for its runtime helpers with require(); esbuild puts them in.
const bundled = await build({
  stdin: {
    contents: standalone.default(ajv, { validateConfig: 'validateConfig' }),
    resolveDir: fileURLToPath(root),
    loader: 'js',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});

mkdirSync(generated, { recursive: true });
writeFileSync(new URL('validate-config.js', generated), bundled.outputFiles[0]?.text ?? '');
writeFileSync(
  new URL('validate-config.d.ts', generated),
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

const pages = new URL('docs/rules/', root);
const names = readdirSync(pages).filter(
  (name) => /^[\w-]+\.md$/.test(name) && name !== 'README.md',
);
const texts = names.map((name) => [
  name.replace(/\.md$/, ''),
  // The note to those who would edit the page, and the link to the Chinese one.
  readFileSync(new URL(name, pages), 'utf8').replace(/<!--.*?-->\n\n\[.*?\]\(.*?\)\n\n/s, ''),
]);
writeFileSync(
  new URL('rule-pages.js', generated),
  `export const RULE_PAGES = ${JSON.stringify(Object.fromEntries(texts), null, 2)};\n`,
);
writeFileSync(
  new URL('rule-pages.d.ts', generated),
  `/** docs/rules, by the rule that each page is about. */
export const RULE_PAGES: Readonly<Record<string, string>>;
`,
);
