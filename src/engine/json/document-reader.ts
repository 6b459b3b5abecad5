import { type JsonDocument, readJson } from './document.ts';
import { readYaml } from './yaml/document.ts';

/** Reads a text as JSON, unless it is told that it is YAML. */
export type DocumentReader = (text: string, format?: 'json' | 'yaml') => JsonDocument;

/** A reader that reads each text once: those who look at one object share what was read. */
export function createDocumentReader(): DocumentReader {
  const documents = {
    json: new Map<string, JsonDocument>(),
    yaml: new Map<string, JsonDocument>(),
  };
  return (text, format = 'json') => {
    const known = documents[format].get(text);
    if (known) return known;
    const document = format === 'json' ? readJson(text) : readYaml(text);
    documents[format].set(text, document);
    return document;
  };
}
