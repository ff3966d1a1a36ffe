import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../cli/armature.ts';
import { crane } from '../robots/crane.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The modules that README and docs show. */
const project = join(root, 'test/modules/project');

/** What README and docs call a robot's file, and the tip that they name in it. */
const robot = crane().replace(
  '</robot>',
  `  <link name="gripper_frame_link"/>
  <joint name="gripper_frame" type="fixed">
    <parent link="jib"/><child link="gripper_frame_link"/><origin xyz="0 0 0.15"/>
  </joint>
</robot>`,
);

/** A folder of a stranger's with the package as npm packs it, installed as from a registry, and the modules of the README. */
export function installed(): string {
  const folder = temporaryFolder();
  const run = (...args: readonly string[]) => execFileSync('npm', args, { cwd: folder }).toString();
  const [{ filename }] = JSON.parse(run('pack', root, '--ignore-scripts', '--json', '--pack-destination', folder));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'mine', private: true, type: 'module' }));
  run('install', `./${filename}`, '--prefer-offline', '--no-audit', '--no-fund');
  cpSync(project, folder, { recursive: true });
  for (const name of ['robot.urdf', 'so101.urdf']) writeFileSync(join(folder, name), robot);
  return folder;
}

/** Puts packages of this project's own beside it, as a stranger would install them. */
export function link(folder: string, ...names: readonly string[]): void {
  for (const name of names) {
    const place = join(folder, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    if (!existsSync(place)) symlinkSync(join(root, 'node_modules', name), place, 'dir');
  }
}
