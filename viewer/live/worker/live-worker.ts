/** The worker of the live room: it acts, trains, or runs episodes; Rapier and the policy are loaded here, and not in the page. */
import { loadPhysics, warmPhysics } from '../../../envs/sim/rapier.ts';
import { learnerOf } from '../../../src/train/config.ts';
import { catalogueOf } from './catalogue.ts';
import { createEpisodeRunner, type EpisodeRunner } from './episodes.ts';
import { keptRunsIn } from './kept-runs.ts';
import type { Answer, EpisodesRequest, Request } from './messages.ts';
import { openPolicy } from './opening.ts';
import { createPlayer, type Player } from './player.ts';
import { Pool, prepareMembers } from './pool.ts';
import { privateFolders } from './private-folders.ts';
import { messageOf } from './reasons.ts';
import { createTrainer, type Surroundings, type Trainer } from './trainer.ts';

let player: Player | undefined;
let trainer: Trainer | undefined;
let episodes: EpisodeRunner | undefined;
/** Cores that the page needs. */
let left = 0;

function tell(answer: Answer, transfer: Transferable[] = []): void {
  postMessage(answer, { transfer });
}

const loaded = loadPhysics();
/** What a training has around it. */
const around: Surroundings = {
  folders: privateFolders,
  openPool: (policy, size) => new Pool(policy, size, () => left),
  tell,
};

/** Requests are answered one after another. */
let before: Promise<void> = loaded;

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  // It is at work on something else for seconds: this does not wait.
  if (data.type === 'watch') return holdForLife(data.lock);
  before = before
    .then(() => handle(data))
    .catch((error: unknown) => {
      tell({ type: 'failed', of: data.type, message: messageOf(error) });
    });
});

/** A lock is let go of by the browser itself when its worker ends, however it ends. */
function holdForLife(name: string): void {
  const held = () => {
    tell({ type: 'watched' });
    return new Promise<never>(() => {});
  };
  // Where a page has no locks, as in some that are opened from a disk, it hears of errors alone.
  navigator.locks?.request(name, held).catch(() => {});
}

async function handle(request: Exclude<Request, { type: 'watch' }>): Promise<void> {
  switch (request.type) {
    case 'open': {
      const learner = await openPolicy(request.bytes, request.name);
      replacePlayer(createPlayer(learner, { meshes: request.meshes }, tell));
      return;
    }
    case 'begin':
      replacePlayer(createPlayer(learnerOf(request.config), { isInTraining: true, meshes: request.meshes }, tell));
      return;
    case 'learned':
      player?.learned(request.snapshot, request.trainedSteps);
      return;
    case 'control':
      player?.control(request.control);
      return;
    case 'step':
      player?.step();
      return;
    case 'reset':
      player?.reset();
      return;
    case 'new-goal':
      player?.newGoal();
      return;
    case 'keep':
      if (player) tell(await player.keep());
      return;
    case 'catalogue':
      tell(catalogueOf(request.choice));
      return;
    case 'train':
      trainer = await createTrainer(request, around);
      return;
    case 'hold':
    case 'save':
    case 'save-into':
    case 'batch':
      if (trainer) await handleTraining(trainer, request);
      return;
    case 'remove-run':
      await privateFolders.drop(request.run);
      return tellKeptRuns();
    case 'kept-runs':
      return tellKeptRuns();
    case 'leave':
      left = request.cores;
      return;
    case 'prepare':
      prepareMembers(request.members);
      warmPhysics();
      return;
    case 'join':
      episodes = createEpisodeRunner(request.policy, () => tell({ type: 'beat' }));
      tell({ type: 'joined' });
      return;
    case 'episodes':
      if (episodes) runEpisodes(episodes, request);
  }
}

type OfTraining = Extract<Request, { type: 'hold' | 'save' | 'save-into' | 'batch' }>;

async function handleTraining(trainer: Trainer, request: OfTraining): Promise<void> {
  switch (request.type) {
    case 'hold':
      return trainer.hold(request.held);
    case 'save':
      return tell(await trainer.save(request.what));
    case 'save-into':
      return tell(await trainer.saveInto(request.folder));
    case 'batch':
      return tell(trainer.batch());
  }
}

async function tellKeptRuns(): Promise<void> {
  tell({ type: 'kept-runs', runs: await keptRunsIn(await privateFolders.all()) });
}

function runEpisodes(run: EpisodeRunner, request: EpisodesRequest): void {
  const packed = run(request);
  const { F64, F32 } = packed.arrays;
  tell({ type: 'episodes', id: request.id, packed }, [F64.buffer, F32.buffer]);
}

function replacePlayer(next: Player): void {
  player?.close();
  player = next;
  tell(next.opened);
  next.show();
  // While the page builds what it shows.
  warmPhysics();
}
