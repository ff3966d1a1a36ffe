import type { Quat, Vec3 } from '../../envs/math/rotation.ts';
import type { App } from '../commands/command.ts';
import { derive, tipAt } from '../derive/episode.ts';
import { goalAt, goalRadiusOf, goalRotationAt } from '../derive/scene.ts';
import type { Next } from '../stage/frame-loop.ts';
import type { Player } from '../state/player.ts';
import type { Moment } from '../state/state.ts';
import { type Connection, connect } from './connection.ts';
import { isUsual } from './goal.ts';
import { History } from './history.ts';
import { follow } from './playhead.ts';
import type { Answer, Control, DrawnGoal, Opened, Pull, Request, Stepped } from './worker/messages.ts';

/** What the room shows beside the arm. */
export interface LiveState {
  /** Null while nothing acts. */
  readonly opened: Opened | null;
  readonly isLoading: boolean;
  readonly paused: boolean;
  readonly speed: number;
  readonly spread: number;
  /** Numbers of the world that a hand has set. */
  readonly dynamics: Readonly<Record<string, number>>;
  /** What they are in this episode by themselves. */
  readonly usual: Readonly<Record<string, number>>;
  /** Where the goal is, m; null where there is none. */
  readonly goal: Vec3 | null;
  /** Its orientation, a quaternion x y z w; null where it has none. */
  readonly turn: Quat | null;
  /** Whether a hand holds the goal where it is. */
  readonly isHeld: boolean;
  readonly isUsualGoal: boolean;
  /** What a hand pulls at. */
  readonly pull: Pull | null;
  readonly success: boolean;
  /** Whether the episode is over: another begins by itself. */
  readonly isOver: boolean;
  readonly isLost: boolean;
  /** Whether the worker that simulates has died. */
  readonly isGone: boolean;
  readonly isKept: boolean;
  /** Control steps since the last reset. */
  readonly t: number;
  readonly mode: 'play' | 'train';
  /** Steps that the policy has been trained on. */
  readonly trainedSteps: number;
}

const initial: LiveState = {
  opened: null,
  isLoading: false,
  paused: false,
  speed: 1,
  spread: 0,
  dynamics: {},
  usual: {},
  goal: null,
  turn: null,
  isHeld: false,
  isUsualGoal: true,
  pull: null,
  success: false,
  isOver: false,
  isLost: false,
  isGone: false,
  isKept: true,
  t: 0,
  mode: 'play',
  trainedSteps: 0,
};

/** Panels show the numbers of the moment so often, ms: more could not be read. A slow machine has its time for the arm. */
const panelEvery = 180;
const framesPerPanel = 5;

/** Ids of what is live. */
let ids = -1;

/** A policy that acts in a worker, drawn in the scene of the replay. */
export class Room {
  readonly app: App;
  readonly closing = new AbortController();
  /** Called with other answers of the worker. */
  readonly answers: ((answer: Answer) => void)[] = [];
  /** Called before each frame with the moment that is drawn, and the control steps that have passed since the frame before. */
  readonly frames: ((moment: Moment, steps: number) => void)[] = [];
  #connection: Connection;
  /** What acts and what it has learned since, for another worker. */
  #asked: readonly Request[] = [];
  readonly #listeners: ((state: LiveState) => void)[] = [];
  readonly #before: App['session']['state'];
  #state: LiveState = {
    ...initial,
    // Nothing moves by itself where motion is not wanted.
    paused: window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  };
  #history?: History;
  /** Id of what is in view while it is live; below those of files. */
  #file?: number;
  #position = 0;
  #shownAt = 0;
  /** What a frame takes by now, ms. */
  #frameTime = 0;
  #stepped?: Stepped;

  constructor(app: App) {
    this.app = app;
    this.#before = app.session.state;
    this.#connection = connect((answer) => this.#hear(answer));
    app.frames.before = (seconds) => this.#frame(seconds);
    app.session.watchState(({ file }) => {
      // Another recording was opened: that is what is in view now.
      if (this.#file !== undefined && file !== this.#file) this.leave(false);
    }, this.closing.signal);
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Whether there is a recording to go back to. */
  get hasBefore(): boolean {
    return this.#before.player !== undefined;
  }

  watch(listener: (state: LiveState) => void): void {
    this.#listeners.push(listener);
    listener(this.#state);
  }

  set(changes: Partial<LiveState>): void {
    const before = this.#state;
    this.#state = { ...before, ...changes };
    if (Object.entries(changes).every(([name, value]) => before[name as keyof LiveState] === value)) return;
    for (const listener of this.#listeners) listener(this.#state);
  }

  send(request: Request): void {
    if (request.type === 'open' || request.type === 'begin') {
      this.#asked = [request];
      this.set({ isLoading: true });
    } else if (request.type === 'learned') this.#asked = [this.#asked[0], request];
    this.#connection.send(request);
  }

  /** Has the arm played with otherwise. */
  control(asked: Control): void {
    const { turn: own } = this.#state;
    // A goal that is moved keeps its orientation.
    const control = asked.goal && own ? { turn: own, ...asked } : asked;
    this.send({ type: 'control', control });
    const { goal, turn, dynamics, ...rest } = control;
    if (goal !== undefined) this.#hold(goal as Vec3 | null, turn as Quat | undefined);
    this.set({ ...rest, ...(dynamics && { dynamics: held({ ...this.#state.dynamics, ...dynamics }) }) });
    this.app.frames.request();
    if (control.paused) this.#showPanels();
  }

  reset(): void {
    if (this.#state.isGone) {
      this.#startAgain();
      return;
    }
    this.set({ isHeld: false, goal: null, isLost: false, pull: null });
    this.send({ type: 'reset' });
    // A simulation that failed has stopped its clock.
    this.send({ type: 'control', control: { paused: this.#state.paused } });
  }

  /** Has another worker in place of the one that has died, and the same policy act there. */
  #startAgain(): void {
    const asked = this.#asked;
    this.#connection.close();
    this.#connection = connect((answer) => this.#hear(answer));
    this.set({ isGone: asked.length > 0, pull: null });
    for (const request of asked) this.send(request);
  }

  /** Ends it; what was in view before is again, if asked for. */
  leave(goBack = true): void {
    if (this.closing.signal.aborted) return;
    const { app } = this;
    this.#file = undefined;
    this.closing.abort();
    this.#connection.close();
    app.frames.before = undefined;
    delete app.root.dataset.live;
    // How things are shown stays as it was set meanwhile; what the room put out of view is there again.
    const { files, file, player, compare, beside, swarm, marks, verdicts } = this.#before;
    const before = { files, file, player, compare, beside, swarm, marks, verdicts, hover: undefined };
    app.session.set({ ...(goBack && before), isLive: false });
  }

  #hold(goal: Vec3 | null, turn: Quat | null = null): void {
    this.set({ isHeld: goal !== null, ...(goal && { goal, turn, isUsualGoal: this.#isUsual(goal) }) });
    if (goal) this.#history?.moveGoal(goal, this.#history.steps - 1, turn);
  }

  #drawn({ goal, turn }: DrawnGoal): void {
    this.#hold(goal as unknown as Vec3, turn as unknown as Quat | undefined);
    this.app.frames.request();
  }

  #isUsual(goal: Vec3): boolean {
    const { opened } = this.#state;
    if (!opened?.goals) return true;
    return isUsual(goal, opened.goals, goalRadiusOf(opened.header.spec));
  }

  #hear(answer: Answer): void {
    if (answer.type === 'opened') this.#open(answer);
    else if (answer.type === 'failed') this.set({ isLoading: false, ...(answer.of === 'episode' && { isLost: true }) });
    else if (answer.type === 'stepped') this.#step(answer);
    else if (answer.type === 'goal') this.#drawn(answer);
    else if (answer.type === 'gone') this.set({ isGone: true, isLoading: false, pull: null });
    for (const listener of this.answers) listener(answer);
  }

  #open(opened: Opened): void {
    this.#history = new History(opened);
    this.#position = 0;
    this.#stepped = undefined;
    const { paused, speed, spread, dynamics } = this.#state;
    const known = new Set(opened.dynamics.map(({ name }) => name));
    const own = Object.fromEntries(Object.entries(dynamics).filter(([name]) => known.has(name)));
    const { trainedSteps } = opened.header.policy;
    this.set({
      opened,
      isLoading: false,
      trainedSteps,
      dynamics: own,
      isHeld: false,
      goal: null,
      isLost: false,
      isGone: false,
    });
    // The samples are in view for a moment, by which the scene is fitted.
    this.#showPanels();
    this.send({ type: 'control', control: { paused, speed, spread, dynamics: own } });
  }

  #step(stepped: Stepped): void {
    const history = this.#history;
    if (!history) return;
    if (stepped.t === 0) {
      this.#position = 0;
      // After a reset an episode has a goal of its own; one that begins by itself has the goal that a hand holds.
      this.set({ isHeld: stepped.isGoalHeld, ...(stepped.usual && { usual: stepped.usual }) });
    }
    history.push(stepped);
    const { paused, isHeld, goal: held, turn: heldTurn, pull } = this.#state;
    // The samples in view stand as the first state of all does: what comes next is what there is to show.
    const isShown = this.#stepped === undefined && stepped.t === 0 && !paused;
    this.#stepped = stepped;
    const { success, isOver, isLost, isKept, t } = stepped;
    const shown = goalAt(history.episode, history.recording.header, history.steps);
    const own = Number.isFinite(shown[0]) ? (Array.from(shown) as unknown as Vec3) : null;
    const ownTurn = goalRotationAt(history.episode, history.recording.header, history.steps);
    const [goal, turn] = isHeld && held ? [held, heldTurn] : [own, ownTurn ? quatOf(ownTurn) : null];
    if (isHeld && held) history.moveGoal(held, history.steps - 1, heldTurn);
    const isSame = isEqual(goal, held) && isEqual(turn, heldTurn);
    this.set({
      success,
      isOver,
      isLost,
      isKept,
      t,
      pull: t > 0 ? afterStep(pull) : pull,
      ...(!isSame && { goal, turn, isUsualGoal: !goal || this.#isUsual(goal) }),
    });
    if (isShown) return;
    const pause = Math.max(panelEvery, framesPerPanel * this.#frameTime);
    if (performance.now() - this.#shownAt > pause || t === 0 || paused) this.#showPanels();
    this.app.frames.request();
  }

  /** Brings all that shows the session's moment up to date. */
  #showPanels(): void {
    const history = this.#history;
    if (!history) return;
    this.#shownAt = performance.now();
    const { app } = this;
    const isNew = app.session.state.files[0]?.recording !== history.recording;
    const id = isNew || this.#file === undefined ? --ids : this.#file;
    const name =
      this.#before.files.find((file) => file.id === this.#before.file)?.name ?? history.recording.header.env.env;
    app.root.dataset.live = '';
    this.#file = id;
    app.session.update((state) => ({
      ...state,
      ...(isNew && {
        compare: [],
        beside: undefined,
        swarm: false,
        marks: [],
        verdicts: new Map(),
        isLive: true,
        files: [{ id, name, recording: history.recording }],
        file: id,
      }),
      player: playerOf(history),
    }));
  }

  #frame(seconds: number): Next {
    const history = this.#history;
    this.#frameTime += 0.2 * (1000 * seconds - this.#frameTime);
    const { paused, speed, isLost, isGone } = this.#state;
    const still = paused || isLost || isGone;
    if (!history) return 'rest';
    // What is about to move is not drawn as a still picture first, which takes long, nor again and again.
    if (!this.#stepped) return still ? 'rest' : 'wait';
    const { t } = this.#stepped;
    const rate = speed / history.recording.header.spec.dt;
    this.#position = still ? t : follow(this.#position, t, seconds, rate);
    const position = Math.min(Math.max(this.#position - t + history.steps, 0), history.steps);
    const moment = this.#momentAt(history, position);
    this.app.stage.show(moment);
    for (const listener of this.frames) listener(moment, still ? 0 : seconds * rate);
    return still ? 'rest' : 'on';
  }

  #momentAt({ episode, recording }: History, position: number): Moment {
    const step = Math.floor(position);
    const derived = derive(episode, recording.header);
    return {
      ref: { file: this.#file ?? 0, episode: 0 },
      name: 'live',
      recording,
      episode,
      derived,
      position,
      step,
      tip: tipAt(episode, recording.header.scene, position),
      reached: derived.within[step] === 1,
      player: playerOf({ episode, recording }),
      state: this.app.session.state,
      ghosts: [],
    };
  }
}

/** What a hand pulls at after a step: a poke is over by itself. */
function afterStep(pull: Pull | null): Pull | null {
  if (pull?.steps === undefined) return pull;
  return pull.steps > 1 ? { ...pull, steps: pull.steps - 1 } : null;
}

function isEqual(a: readonly number[] | null, b: readonly number[] | null): boolean {
  return a === b || (a?.every((x, i) => x === b?.[i]) ?? false);
}

function quatOf([x, y, z, w]: Float32Array): Quat {
  return [x, y, z, w];
}

/** Numbers that are set. */
function held(dynamics: Readonly<Record<string, number | null>>): Readonly<Record<string, number>> {
  const set = Object.entries(dynamics).filter((entry): entry is [string, number] => entry[1] !== null);
  return Object.fromEntries(set);
}

function playerOf({ episode: { steps }, recording }: Pick<History, 'episode' | 'recording'>): Player {
  const { dt } = recording.header.spec;
  const still = { playing: false, speed: 1, loop: 'off', heldSeconds: 0 } as const;
  // At its last state an episode has no action yet: the step that led there is what the panels tell of.
  return { lengths: [steps], dt, episode: 0, position: steps - 1, ...still };
}
