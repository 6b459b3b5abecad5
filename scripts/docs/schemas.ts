import {
  cniChainSchema,
  conflistSchema,
  eniConfSchema,
} from '../../src/engine/catalogue/json-schema.ts';
import { CONFIG_SCHEMA } from '../../src/config/schema.ts';

/** Raised when a file that was taken is refused from now on: docs/versioning.md. */
const CONFIGURATION_NUMBER = 1;

/** JSON schemas for editors, by their path under docs/: what a schema can say of the catalogue. */
export function renderSchemas(): Readonly<Record<string, string>> {
  const schemas = {
    '10-terway.conflist': conflistSchema(),
    eni_conf: eniConfSchema(),
    cni_chain: cniChainSchema(),
    // Its keywords mean the same in draft 7, which editors know best.
    configuration: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      'x-schema': CONFIGURATION_NUMBER,
      ...CONFIG_SCHEMA,
    },
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `schemas/${name}.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  );
}
