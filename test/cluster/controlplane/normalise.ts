import { tmpdir } from 'node:os';

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const TIMESTAMP = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d)/g;
const RESOURCE_VERSION = /(resourceVersion\\?"?: *\\?"?)\d+/g;
const AGE = /\b(?:just now|\d+ (?:s|min) ago)\b/g;
const LOOPBACK_PORT = /\b(127\.0\.0\.1|localhost):\d+/g;
// Of a webhook whose path ends in a random word, in the error text of a call that failed.
const PATH_TOKEN = /(\/(?:validate|mutate|restart-gate)\/)[a-z0-9]{32}\b/g;
const EDITED_FILE = new RegExp(`${literally(tmpdir())}/(?:[\\w.-]+/)*kubectl-edit-\\d+`, 'g');
const COMPARED_FOLDER = new RegExp(`${literally(tmpdir())}/(?:[\\w.-]+/)*(LIVE|MERGED)-\\d+`, 'g');
// The first folder below the system's one for temporary files is named at random.
const TEMPORARY_FOLDER = new RegExp(
  `${literally(tmpdir())}/(?!kubectl-edit-|LIVE-|MERGED-)[\\w.-]+`,
  'g',
);

// Where Argo CD keeps a manifest while kubectl's code reads it.
const SHARED_MEMORY_FILE = /\/dev\/shm\/\d+/g;

/** Text with everything that differs from run to run replaced by a fixed stand-in. */
export function normalise(text: string): string {
  return text
    .replace(EDITED_FILE, '/tmp/kubectl-edit-N')
    .replace(COMPARED_FOLDER, '/tmp/$1-N')
    .replace(TEMPORARY_FOLDER, '<folder>')
    .replace(SHARED_MEMORY_FILE, '/dev/shm/N')
    .replace(UUID, '<uid>')
    .replace(TIMESTAMP, '<time>')
    .replace(AGE, '<age>')
    .replace(RESOURCE_VERSION, '$1<version>')
    .replace(LOOPBACK_PORT, '$1:<port>')
    .replace(PATH_TOKEN, '$1<token>');
}

/**
 * The same text in the words that all releases of kubectl have in common: golden transcripts are of the
 * newest, and tests are run with older ones as well.
 */
export function withoutRelease(text: string): string {
  return text.replace(/^(\S+ "\S+" deleted) from \S+ namespace$/gm, '$1');
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
