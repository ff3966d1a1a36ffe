/** Episodes of a training, each on an arm of its own about the one that acts. */
import { type GridLayout, gridLayout, gridWorkspace } from '../instances/grid-layout.ts';
import { InstancedArms, medium } from '../instances/instanced-arms.ts';
import { disposeTree } from '../scene/materials.ts';
import { palettes } from '../scene/palette.ts';
import { type Workspace, workspace } from '../scene/workspace.ts';
import type { Stage } from '../stage/stage.ts';
import type { Batch, Opened } from './worker/messages.ts';

/** So long all rest where their episodes ended, s. */
const rest = 0.6;

/** What the scene has to be known of: the arm that acts in it, and its looks. */
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

  /** Plays episodes from their first states on, about the arm that acts. */
  play(batch: Batch, opened: Opened): void {
    const { stage } = this.#scene;
    const before = this.#shown;
    if (before?.opened === opened && before.batch.iteration === batch.iteration) {
      before.at = 0;
      return;
    }
    const single = singleOf(opened);
    const layout = around(batch.episodes.length, single, stage.camera.aspect);
    // The parameters of an open episode move, for a hand may move the goal: those of training as the task has it.
    const spec = { ...opened.header.spec, paramsMove: opened.goalMoves };
    const drawn = { header: { ...opened.header, spec }, meshes: opened.meshes };
    const arms = new InstancedArms(drawn, batch.episodes, single, medium, layout);
    if (before) disposeTree(before.arms.object);
    this.#shown = { opened, batch, arms, at: 0 };
    this.#paint();
    arms.show(0);
    stage.scene.add(arms.object);
    const all = gridWorkspace(layout, single);
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

/**
 * So many places in rows about the one in the middle, the nearest first.
 * @param single the space of an arm
 * @param aspect of the picture: the wider, the more are beside one another
 */
export function around(count: number, single: Workspace, aspect: number): GridLayout {
  const [rows, columns] = aspect > 1.2 ? [3, 7] : [5, 5];
  const { offsets, spacing } = gridLayout(rows * columns, single, columns);
  const places = Array.from({ length: rows * columns }, (_, i) => [offsets[2 * i], offsets[2 * i + 1]])
    .filter(([x, y]) => x !== 0 || y !== 0)
    .sort(([ax, ay], [bx, by]) => Math.hypot(ax, ay) - Math.hypot(bx, by));
  return { offsets: Float64Array.from(places.slice(0, count).flat()), spacing };
}
