/** A training in a worker of its own: it goes on whatever is in view. */
import { type Connection, connect } from './connection.ts';
import type { DirectoryHandle } from './worker/handle-folder.ts';
import type { Answer, Batch, Beginning, Begun, CurvePoint, Saved, SavedInto, Trained } from './worker/messages.ts';

export type TrainingPhase = 'starting' | 'training' | 'pausing' | 'held' | 'done' | 'failed';

export class Training {
  /** All iterations so far. */
  readonly curve: CurvePoint[] = [];
  begun?: Begun;
  latest?: Trained;
  phase: TrainingPhase = 'starting';
  /** What is not as it should be; empty where all is. */
  warning = '';
  /** Why the browser does not keep the run; empty where it does. */
  notKept = '';
  /** The episodes that were asked for. */
  batch?: Batch;
  failure = '';
  /** Whether its worker has died: nothing that it has not kept can be had any more. */
  isGone = false;
  readonly #connection: Connection;
  readonly #listeners = new Set<() => void>();
  #left = 0;
  #saved: { resolve(answer: Saved): void; reject(reason: Error): void }[] = [];
  #savedInto: { resolve(answer: SavedInto): void; reject(reason: Error): void }[] = [];

  constructor(beginning: Beginning, workers: number) {
    this.#connection = connect((answer) => this.#hear(answer));
    this.#connection.send({ type: 'train', beginning, workers });
  }

  /** Calls back with whatever changes, until the signal ends that. */
  watch(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  /** Stops after the iteration that goes on, or goes on. */
  hold(held: boolean): void {
    if (!['training', 'pausing', 'held'].includes(this.phase)) return;
    if (held) this.phase = 'pausing';
    this.#connection.send({ type: 'hold', held });
    this.#tell();
  }

  /** The run as it stands, as a zip file, or its policy. */
  save(what: Saved['what']): Promise<Saved> {
    this.#connection.send({ type: 'save', what });
    return new Promise((resolve, reject) => this.#saved.push({ resolve, reject }));
  }

  /** Writes the run as it stands into a folder that was picked. */
  saveInto(folder: DirectoryHandle): Promise<SavedInto> {
    this.#connection.send({ type: 'save-into', folder });
    return new Promise((resolve, reject) => this.#savedInto.push({ resolve, reject }));
  }

  /** Asks for the episodes that were last learned from. */
  askForBatch(): void {
    this.#connection.send({ type: 'batch' });
  }

  /** Has so many workers rest, for the page to draw. */
  leave(cores: number): void {
    if (cores !== this.#left) this.#connection.send({ type: 'leave', cores });
    this.#left = cores;
  }

  close(): void {
    this.#listeners.clear();
    this.#connection.close();
  }

  #hear(answer: Answer): void {
    switch (answer.type) {
      case 'begun':
        this.begun = answer;
        this.curve.push(...answer.curve);
        this.phase = 'training';
        break;
      case 'trained': {
        const { type: _, snapshot: __, solved: ___, ...point } = answer;
        this.curve.push(point);
        this.latest = answer;
        break;
      }
      case 'held':
        this.phase = answer.held ? 'held' : 'training';
        break;
      case 'ended':
        this.phase = 'done';
        break;
      case 'warned':
        this.warning = answer.message;
        break;
      case 'keeping':
        this.notKept = answer.problem;
        break;
      case 'batch':
        this.batch = answer;
        break;
      case 'saved':
        this.#saved.shift()?.resolve(answer);
        break;
      case 'saved-into':
        this.#savedInto.shift()?.resolve(answer);
        break;
      case 'gone':
        this.#end();
        break;
      case 'failed':
        if (answer.of === 'save-into') {
          this.#savedInto.shift()?.reject(new Error(answer.message));
          break;
        }
        this.phase = 'failed';
        this.failure = answer.message;
    }
    this.#tell();
  }

  /** Its worker has died. */
  #end(): void {
    this.isGone = true;
    this.phase = 'failed';
    const rest = this.begun?.isLasting ? 'The run is kept in this browser.' : 'This browser kept nothing of the run.';
    this.failure = `The worker that it ran in has died, as it may where memory runs out. ${rest}`;
    for (const { reject } of [...this.#saved.splice(0), ...this.#savedInto.splice(0)]) reject(new Error(this.failure));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
