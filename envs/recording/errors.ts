import { printable } from '../text.ts';

export type FileErrorKind = 'foreign' | 'damaged' | 'too-new' | 'inconsistent';

/** What a reader hopes to open, and how messages call it: `noun` fits into "not a ..., ... is damaged". */
const verdicts: Record<FileErrorKind, (noun: string) => string> = {
  foreign: (noun) => `not ${noun}`,
  damaged: () => 'damaged',
  'too-new': () => 'too new for this version of Armature',
  inconsistent: () => 'inconsistent',
};

/** The details of a complaint: where in the file, what should have been there, and what was. */
export interface Complaint {
  readonly place: string;
  readonly expected: string;
  readonly found: string;
  /** What the file was hoped to be, with its article. */
  readonly noun?: string;
}

/** A file that cannot be used. The message is one line that names the file, the place, what was expected and found. */
export class FileError extends Error {
  readonly kind: FileErrorKind;
  readonly file: string;
  readonly complaint: Complaint;

  constructor(kind: FileErrorKind, file: string, complaint: Complaint) {
    const { place, expected, found, noun = 'a file of Armature' } = complaint;
    super(
      `${oneLine(file)}: ${verdicts[kind](noun)} (${oneLine(place)}: expected ${oneLine(expected)}, found ${oneLine(found)})`,
    );
    this.name = 'FileError';
    this.kind = kind;
    this.file = file;
    this.complaint = complaint;
  }
}

/** Text out of a file may hold anything, and be of any length. */
function oneLine(text: string): string {
  const clean = printable(text.slice(0, 1000));
  return clean.length > 120 ? `${clean.slice(0, 119)}…` : clean;
}
