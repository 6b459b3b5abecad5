import type { Position } from '../engine/json/position.ts';

/** A file that can't be used; the message is one printable line that says what to do. */
export class ManifestError extends Error {
  readonly file: string;
  readonly at: Position;
  /** Whether the file looks like a template, which is no manifest until it is rendered. */
  readonly isTemplate: boolean;
  constructor(file: string, at: Position, message: string, isTemplate = false) {
    super(message);
    this.name = 'ManifestError';
    this.file = file;
    this.at = at;
    this.isTemplate = isTemplate;
  }
}
