// Starts `armature view` on a file and prints the seconds from then until its page was read.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [main, file] = process.argv.slice(2);
const start = performance.now();
const viewer = spawn(process.execPath, [main, 'view', file, '--no-open', '--port', '0']);
const [address] = await once(createInterface({ input: viewer.stdout }), 'line');
await (await fetch(address)).text();
process.stdout.write(`${(performance.now() - start) / 1000}\n`);
viewer.kill();
