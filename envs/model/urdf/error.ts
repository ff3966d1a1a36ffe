import { DefinitionError } from '../definition-error.ts';

/** Where in a file something stands. Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column?: number;
  /** What stands there, as `joint "elbow"` or `<limit> of joint "elbow"`. */
  readonly element: string;
}

/**
 * `invalid`: the file is not one that can be read; `ambiguous`: it is, but its reader has to say which chain of joints is the
 * arm, which is a matter of usage.
 */
export type UrdfErrorKind = 'invalid' | 'ambiguous';

/**
 * A robot file that cannot be read as an arm. The message is one line for the user: file and line, the element, what was
 * expected and what was found.
 */
export class UrdfError extends DefinitionError {
  readonly file: string;
  readonly line: number;
  readonly column: number | undefined;
  readonly element: string;
  readonly kind: UrdfErrorKind;
  /** Links that could be the tip, where the chain is ambiguous. */
  readonly candidates: readonly string[] | undefined;

  constructor(file: string, place: Place, what: string, candidates?: readonly string[]) {
    super(`${file}:${place.line}: ${place.element}: ${what}`);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
    this.element = place.element;
    this.kind = candidates ? 'ambiguous' : 'invalid';
    this.candidates = candidates;
  }
}
