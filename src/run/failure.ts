import { DefinitionError } from '../../envs/model/definition-error.ts';
import { UsageError } from '../../envs/options.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { EpisodeError } from '../../envs/sim/episode-error.ts';
import { UnusableBackend } from '../policy/network/types.ts';
import { NonFiniteError } from '../train/non-finite.ts';
import { UpdateError } from '../train/update-error.ts';

/** Something outside of the program is in the way. The message is one line for the user; the exit code is 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The exit code for an error: 2 for what the user typed, 1 for anything else. */
export function exitCode(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/** Whether the error's message was written for the user, and needs no stack trace. */
export function isExpected(error: unknown): error is Error {
  return [
    UsageError,
    Failure,
    FileError,
    DefinitionError,
    EpisodeError,
    UpdateError,
    NonFiniteError,
    UnusableBackend,
  ].some((kind) => error instanceof kind);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EISDIR: 'expected a file, found a folder',
  ENOTDIR: 'expected a folder, found a file on the way',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
  EADDRINUSE: 'the port is in use',
  EEXIST: 'there is a file in the place of a folder',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTEMPTY: 'the folder is not empty',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than 2 GiB',
};

/** A failure of the system, named by what was to be done: "cannot read x: there is no such file or folder". */
export function systemFailure(action: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(`cannot ${action}: ${reasons[codeOf(error)] ?? message}`, { cause: error });
}

/** The code of a system's error, as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
