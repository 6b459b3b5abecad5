import type { Position } from '../engine/json/position.ts';

/** A file that can't be used; the message is one printable line that says what to do. */
export class ManifestError extends Error {
  readonly file: string;
  readonly at: Position;
  constructor(file: string, at: Position, message: string) {
    super(message);
    this.name = 'ManifestError';
    this.file = file;
    this.at = at;
  }
}
