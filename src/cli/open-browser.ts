import { spawn } from 'node:child_process';

/** What opens the system's browser. */
export const opener: readonly string[] =
  process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];

/** Opens the system's browser. Where there is none, the printed address has to do. */
export function openBrowser(address: string): void {
  const [command, ...args] = opener;
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
