/** What to say of a recording whose task or arm is defined in a module of its author's; pure. */
import type { EnvConfig, ModuleIdentity } from '../../envs/env.ts';

interface OwnModules {
  /** What is defined there, by name. */
  readonly subject: string;
  readonly isPlural: boolean;
  /** The command that verifies the file. */
  readonly command: string;
}

/**
 * Undefined where the recording needs no code but ours.
 * @param file name of the recording
 */
export function ownModules({ env, arm, modules = {} }: EnvConfig, file: string): OwnModules | undefined {
  const named = [
    { what: `the task ${env}`, flag: '--task', module: modules.task },
    { what: `the arm ${arm}`, flag: '--arm', module: modules.arm },
  ].filter((one): one is typeof one & { module: ModuleIdentity } => one.module !== undefined);
  if (named.length === 0) return undefined;
  const flags = named.flatMap(({ flag, module }) => [flag, shellWord(relative(module.path))]);
  return {
    subject: named.map(({ what }) => what).join(' and '),
    isPlural: named.length > 1,
    command: ['armature', 'verify', shellWord(file.startsWith('-') ? `./${file}` : file), ...flags].join(' '),
  };
}

/** A path that neither a shell nor Node takes for the name of a command, an option or a package. */
function relative(path: string): string {
  return /^(\.{0,2}\/|[A-Za-z]:)/.test(path) ? path : `./${path}`;
}

/** Text out of a file as one word of a POSIX shell, whatever it holds: the reader is going to run it. */
export function shellWord(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return /^[\w./:@%+=,-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`;
}
