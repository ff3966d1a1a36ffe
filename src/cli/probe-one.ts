import { gradientTime } from '../backends/gradient-time.ts';
import { backends } from '../backends/index.ts';
import { UnusableBackend } from '../backends/unusable.ts';
import type { Probe, Workload } from './probe.ts';

/** Loads the backend that is named, and says as a line of JSON how it is. */

const [name, text] = process.argv.slice(2);
process.stdout.write(`\n${JSON.stringify(await probed(name, text && JSON.parse(text)))}\n`, () => process.exit());

async function probed(name: string, workload: Workload | undefined): Promise<Probe> {
  try {
    const backend = await backends[name].load();
    const ms = workload ? gradientTime(backend, workload.widths, workload.rows) : null;
    return { name, version: backend.version, ms };
  } catch (error) {
    if (!(error instanceof UnusableBackend)) throw error;
    const { obstacle, reason, remedy } = error;
    return { name, obstacle, reason, remedy };
  }
}
