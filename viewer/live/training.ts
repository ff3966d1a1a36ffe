/** A training in a worker of its own: it goes on whatever is in view. */
import type { TrainConfig } from '../../src/train/training.ts';
import { type Connection, connect } from './connection.ts';
import type { Answer, CurvePoint, Trained, TrainingChoice } from './worker/messages.ts';

export type TrainingPhase = 'starting' | 'training' | 'held' | 'done' | 'failed';

export class Training {
  readonly choice: TrainingChoice;
  /** All iterations so far. */
  readonly curve: CurvePoint[] = [];
  latest?: Trained;
  readonly #connection: Connection;
  readonly #listeners = new Set<() => void>();
  #saved: ((answer: Extract<Answer, { type: 'saved' }>) => void)[] = [];
  phase: TrainingPhase = 'starting';
  config?: TrainConfig;
  failure = '';

  constructor(choice: TrainingChoice, untilSolved: boolean) {
    this.choice = choice;
    this.#connection = connect((answer) => this.#hear(answer));
    this.#connection.send({ type: 'train', choice, untilSolved });
  }

  /** Calls back with whatever changes, until the signal ends that. */
  watch(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  hold(held: boolean): void {
    if (this.phase !== 'training' && this.phase !== 'held') return;
    this.phase = held ? 'held' : 'training';
    this.#connection.send({ type: 'hold', held });
    this.#tell();
  }

  /** The policy as it stands, as a file. */
  save(): Promise<Extract<Answer, { type: 'saved' }>> {
    this.#connection.send({ type: 'save' });
    return new Promise((resolve) => this.#saved.push(resolve));
  }

  close(): void {
    this.#listeners.clear();
    this.#connection.close();
  }

  #hear(answer: Answer): void {
    if (answer.type === 'begun') {
      this.config = answer.config;
      this.phase = 'training';
    } else if (answer.type === 'trained') {
      const { snapshot: _, ...point } = answer;
      this.curve.push(point);
      this.latest = answer;
      if (answer.isFinished) this.phase = 'done';
    } else if (answer.type === 'saved') {
      for (const resolve of this.#saved) resolve(answer);
      this.#saved = [];
    } else if (answer.type === 'failed') {
      this.phase = 'failed';
      this.failure = answer.message;
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
