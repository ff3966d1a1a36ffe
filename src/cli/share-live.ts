import { encodeMeshes } from '../../envs/recording/meshes.ts';
import { builtLivePage } from '../pages/assets.ts';
import { livePage } from '../pages/live-page.ts';
import { aboutPolicy } from '../pages/tags.ts';
import { size } from '../report/format.ts';
import { encodeToAct } from '../run/encode-policy.ts';
import { writeWhole } from '../run/files.ts';
import { runName } from '../run/recording.ts';
import { policyToAct } from '../run/to-act.ts';
import { printJson, printLines, warn } from './output.ts';

/** Writes the page in which the policy of a run acts. */
export async function shareLive(path: string, out: string, json = false): Promise<void> {
  const page = builtLivePage();
  const { learner, meshes } = await policyToAct(path, warn);
  const { config } = learner.training;
  const name = `${runName(config)}.safetensors`;
  const html = livePage(
    page,
    {
      policy: { name, bytes: await encodeToAct(learner) },
      ...(Object.keys(meshes).length && { meshes: await encodeMeshes(meshes) }),
    },
    {
      title: `${config.env.env}, live · Armature`,
      text: `${aboutPolicy(learner)} It runs in this file, and needs no network.`,
    },
  );
  writeWhole(out, html);
  const bytes = Buffer.byteLength(html);
  if (json) printJson({ type: 'result', file: out, bytes, policy: name });
  else
    printLines([
      `${out}, ${size(bytes)}: the arm acts in any browser, and trains there; needs no server and no network`,
    ]);
}
