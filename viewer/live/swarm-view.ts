/** Episodes of a training, each on an arm of its own beside and behind the one that acts. */
import { gridWorkspace } from '../instances/grid-layout.ts';
import { InstancedArms, medium } from '../instances/instanced-arms.ts';
import { disposeTree } from '../scene/materials.ts';
import { palettes } from '../scene/palette.ts';
import { type Workspace, workspace } from '../scene/workspace.ts';
import type { Stage } from '../stage/stage.ts';
import { places } from './places.ts';
import type { Batch, Opened } from './worker/messages.ts';

/** So long all rest where their episodes ended, s. */
const rest = 0.6;

/** Where the episodes are drawn, and in which looks. */
interface Scene {
  readonly stage: Stage;
  readonly root: HTMLElement;
}

interface Shown {
  readonly opened: Opened;
  readonly batch: Batch;
  readonly arms: InstancedArms;
  /** Control steps since all began. */
  at: number;
}

export class SwarmView {
  readonly #scene: Scene;
  #shown?: Shown;

  /** @param closing ends it */
  constructor(scene: Scene, closing: AbortSignal) {
    this.#scene = scene;
    const themes = new MutationObserver(() => this.#paint());
    themes.observe(scene.root, { attributeFilter: ['data-theme'] });
    closing.addEventListener('abort', () => {
      themes.disconnect();
      this.clear();
    });
  }

  /** What is shown. */
  get batch(): Batch | undefined {
    return this.#shown?.batch;
  }

  /** Plays episodes from their first states on. */
  play(batch: Batch, opened: Opened): void {
    const { stage } = this.#scene;
    const before = this.#shown;
    if (before?.opened === opened && before.batch.iteration === batch.iteration) {
      before.at = 0;
      return;
    }
    const single = singleOf(opened);
    const layout = places(batch.episodes.length, single, stage.camera.aspect);
    // The parameters of an open episode move, for a hand may move the goal: those of training as the task has it.
    const spec = { ...opened.header.spec, paramsMove: opened.goalMoves };
    const drawn = { header: { ...opened.header, spec }, meshes: opened.meshes };
    const arms = new InstancedArms(drawn, batch.episodes, single, medium, layout);
    if (before) disposeTree(before.arms.object);
    this.#shown = { opened, batch, arms, at: 0 };
    this.#paint();
    arms.show(0);
    stage.scene.add(arms.object);
    // In front there is room for what the page writes over the picture.
    const offsets = Float64Array.of(0.4 * layout.spacing[0], 0, ...layout.offsets);
    const all = gridWorkspace({ ...layout, offsets }, single);
    if (before?.opened === opened) stage.orbit.widen(all);
    else stage.orbit.show(all, 'rows');
  }

  /** Goes on by so many control steps. @returns whether all episodes are over */
  advance(steps: number): boolean {
    const shown = this.#shown;
    if (!shown) return false;
    shown.at += steps;
    shown.arms.show(shown.at);
    const longest = shown.batch.episodes.reduce((most, episode) => Math.max(most, episode.steps), 0);
    return shown.at > longest + rest / shown.opened.header.spec.dt;
  }

  /** In the colours of the page. */
  #paint(): void {
    const { root } = this.#scene;
    this.#shown?.arms.paint(palettes[root.dataset.theme === 'dark' ? 'dark' : 'light']);
  }

  /** Leaves the arm that acts alone. */
  clear(): void {
    if (!this.#shown) return;
    disposeTree(this.#shown.arms.object);
    this.#scene.stage.orbit.show(singleOf(this.#shown.opened));
    this.#shown = undefined;
  }
}

/** The space that the arm moves in. */
function singleOf({ header, meshes, samples }: Opened): Workspace {
  return workspace({ header, meshes, episodes: samples });
}
