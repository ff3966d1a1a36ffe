import { gradientTime } from '../policy/network/gradient-time.ts';
import { backends } from '../policy/network/index.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { UnusableBackend } from '../policy/network/unusable.ts';
import { helped } from '../rollout/workers/helpers.ts';
import type { Probe, Workload } from './probe.ts';

/** Loads the backend that is named, and says as a line of JSON how it is. */

const [name, text] = process.argv.slice(2);
process.stdout.write(`\n${JSON.stringify(await probed(name, text && JSON.parse(text)))}\n`, () => process.exit());

async function probed(name: string, workload: Workload | undefined): Promise<Probe> {
  try {
    const backend = await backends[name].load();
    const ms = workload ? await timeOf(backend, workload) : null;
    return { name, version: backend.version, ms };
  } catch (error) {
    if (!(error instanceof UnusableBackend)) throw error;
    const { obstacle, reason, remedy } = error;
    return { name, obstacle, reason, remedy };
  }
}

/** With as many threads as a run would have. */
async function timeOf(backend: NetBackend, { widths, rows, workers }: Workload): Promise<number> {
  const { backend: shared, close } = await helped(backend, workers);
  const ms = gradientTime(shared, widths, rows);
  close();
  return ms;
}
