import { type JsonDocument, readJson } from './document.ts';
import { readYaml } from './yaml/document.ts';

/** Reads a text as JSON, unless it is told that it is YAML. */
export type DocumentReader = (text: string, format?: 'json' | 'yaml') => JsonDocument;

/** A reader that reads each text once: those who look at one object share what was read. */
export function createDocumentReader(): DocumentReader {
  // There are a few of them, which are compared sooner than a long text is hashed.
  const documents: Record<'json' | 'yaml', JsonDocument[]> = { json: [], yaml: [] };
  return (text, format = 'json') => {
    for (const known of documents[format]) if (known.text === text) return known;
    const document = format === 'json' ? readJson(text) : readYaml(text);
    documents[format].push(document);
    return document;
  };
}
