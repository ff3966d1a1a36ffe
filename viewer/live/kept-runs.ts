/** Runs that can be gone on with: those that the browser keeps, a policy that acts, and files. */
import { button, html, setText } from '../dom/elements.ts';
import { integer } from '../dom/format.ts';
import { canPickFolders, pickFolder } from './pick-folder.ts';
import type { PolicySource } from './source.ts';
import type { Beginning, KeptRun } from './worker/messages.ts';

export interface KeptRuns {
  readonly element: HTMLElement;
  show(runs: readonly KeptRun[]): void;
}

interface Actions {
  begin(beginning: Beginning): void;
  /** Says that no folder could be picked. */
  fail(reason: unknown): void;
  remove(run: string): void;
}

/** @param acting the file of the policy that acts, where it came from one */
export function keptRuns(acting: PolicySource | undefined, { begin, fail, remove }: Actions): KeptRuns {
  const list = html('ul', 'kept-runs');
  const picker = Object.assign(html('input'), { type: 'file', accept: '.zip,.safetensors', hidden: true });
  picker.setAttribute('aria-label', 'A zipped run or a policy to go on with');
  picker.addEventListener('change', async () => {
    const [file] = picker.files ?? [];
    if (file) begin({ kind: 'file', bytes: new Uint8Array(await file.arrayBuffer()), name: file.name });
  });
  const open = button('button small', () => picker.click(), 'Open a run …');
  open.title = 'A run’s folder as a zip file, or a policy.safetensors';
  const actions = html('div', 'row', open, picker);
  if (canPickFolders()) {
    const pick = async () => {
      const folder = await pickFolder('read');
      if (folder) begin({ kind: 'folder', folder });
    };
    const openFolder = button('button small', () => void pick().catch(fail), 'Open a folder …');
    openFolder.title = 'A run’s folder, as it is: it is read, and training goes on with a copy';
    actions.append(openFolder);
  }
  if (acting) {
    const { bytes, name } = acting;
    const own = button('button small', () => begin({ kind: 'file', bytes, name }), 'Go on with this policy');
    own.title = `Trains on what acts: ${name}`;
    actions.append(own);
  }
  list.hidden = true;
  return {
    element: html('section', '', html('h3', '', 'Go on with a run'), list, actions),
    show(runs) {
      list.replaceChildren(...runs.map((run) => item(run, begin, remove)));
      list.hidden = runs.length === 0;
    },
  };
}

function item(
  { run, envSteps, steps, success }: KeptRun,
  begin: (beginning: Beginning) => void,
  remove: (run: string) => void,
): HTMLElement {
  const share = success === null ? '' : ` · ${Math.round(100 * success)} %`;
  const goOn = button('button small', () => begin({ kind: 'kept', run }), envSteps < steps ? 'Go on' : 'Open');
  goOn.setAttribute('aria-label', `Go on with ${run}`);
  let isSure = false;
  const remover = button(
    'button small',
    () => {
      if (isSure) remove(run);
      isSure = true;
      setText(remover, 'Remove for good');
    },
    'Remove',
  );
  remover.title = `Remove ${run}`;
  const text = html(
    'div',
    '',
    html('b', '', run),
    html('p', 'small quiet', `${integer(envSteps)} of ${integer(steps)} steps${share}`),
  );
  return html('li', '', text, html('div', 'row', goOn, remover));
}
