/** Where the policy comes from that is to act. */
import type { Meshes } from '../../envs/model/types.ts';
import type { App } from '../commands/command.ts';

export interface PolicySource {
  readonly bytes: Uint8Array;
  /** Text from the disk. */
  readonly name: string;
  /** What its robot is drawn with, where that is at hand. */
  readonly meshes?: Meshes;
}

/** Whether a file is a run's folder, zipped. */
export async function isZip(file: File): Promise<boolean> {
  return (await file.slice(0, 2).text()) === 'PK';
}

/** As the page's server lists recordings. */
interface Listed {
  readonly name: string;
  readonly training?: readonly { readonly name: string }[];
  readonly policy?: { readonly name: string; readonly url: string };
}

/** The policy of the run that the recording in view is of; undefined where the server has none. */
export async function policyInView({ session }: App): Promise<PolicySource | undefined> {
  const moment = session.moment();
  const response = moment && (await fetch('api/recordings').catch(() => undefined));
  if (!response?.ok || !response.headers.get('content-type')?.includes('json')) return undefined;
  const listed: readonly Listed[] = await response.json();
  const run = listed.find(({ name, training }) =>
    [name, ...(training ?? []).map((one) => one.name)].includes(moment?.name ?? ''),
  );
  if (!run?.policy) return undefined;
  const { name, url } = run.policy;
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the server answers ${answer.status} ${answer.statusText} for ${name}`.trim());
  return { bytes: new Uint8Array(await answer.arrayBuffer()), name, meshes: moment?.recording.meshes };
}
