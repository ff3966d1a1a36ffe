/** Where the policy comes from that is to act. */
import type { Meshes } from '../../envs/model/types.ts';
import { decodeMeshes } from '../../envs/recording/meshes.ts';
import type { App } from '../commands/command.ts';
import type { ActingPolicy } from '../export/page.ts';
import { fetchBytes, findOffered, listPolicies, listRecordings, type OfferedPolicy } from '../files/recordings.ts';

export interface PolicySource extends ActingPolicy {
  /** Whether whoever opens this page has it. */
  readonly isOfPage?: true;
}

/** Whether a file is a run's folder, zipped. */
export async function isZip(file: File): Promise<boolean> {
  return (await file.slice(0, 2).text()) === 'PK';
}

/**
 * The policy of the run that the recording in view is of, or where nothing is in view the first that is offered alone; undefined where
 * there is none.
 */
export async function policyOnOffer({ session }: App): Promise<PolicySource | undefined> {
  const moment = session.moment();
  if (!moment) {
    const found = ahead ?? firstPolicy();
    ahead = undefined;
    return found;
  }
  return fetched(policyOf(moment.name, await listRecordings()), moment.recording.meshes);
}

/** The policy that is offered alone, before anybody goes live with it. */
let ahead: Promise<PolicySource | undefined> | undefined;

/** Has it fetched for a page that goes live at once. */
export function fetchAhead(): void {
  ahead = firstPolicy();
  // Going live says why.
  ahead.catch(() => {});
}

async function firstPolicy(): Promise<PolicySource | undefined> {
  return fetched((await listPolicies())[0]);
}

/** @param drawn what its robot is drawn with, where no file of its own says */
async function fetched(offered: OfferedPolicy | undefined, drawn?: Meshes): Promise<PolicySource | undefined> {
  if (!offered) return undefined;
  const { name, url, meshes } = offered;
  const bytes = await fetchBytes(url);
  const own = meshes === undefined ? drawn : await decodeMeshes(await fetchBytes(meshes), name);
  return { bytes, name, meshes: own, isOfPage: true };
}

function policyOf(name: string, offered: Awaited<ReturnType<typeof listRecordings>>): OfferedPolicy | undefined {
  return offered.find((item) => findOffered([item], name))?.policy;
}
