import { Group, Vector3 } from 'three';
import type { Joint } from '../../envs/model/types.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { scaleOf } from '../../envs/spec.ts';
import { type JointTorque, jointTorques } from '../derive/command.ts';
import { drivenJoints } from '../derive/kinematics.ts';
import { changeDetector } from '../derive/memo.ts';
import { motorTorques, tellsTorques } from '../derive/motors.ts';
import { compact } from '../dom/format.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment } from '../state/state.ts';
import { Arrow, Line } from './marks.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';

/** Turn of an arc for a full torque, rad. */
const fullTurn = 1.5 * Math.PI;
const segments = 48;

/** The torque that each joint is commanded, as an arc about the joint's axis the way that it pushes; a force, as an arrow along the axis. */
export const torques: OverlayEntry = {
  name: 'torques',
  title: 'Torques',
  description: 'the torque commanded at each joint, as an arc about its axis',
  isOf: ({ spec }) => spec.controller.kind === 'joint-torque',
  create: (header) => new Torques(header, jointTorques, torqueNote(header)),
};

/** The same of position motors, which no recording holds: what the motion of each step took. */
export const motors: OverlayEntry = {
  name: 'motors',
  title: 'Torques',
  description: "the mean torque of each joint's motor in a step, by the motion that followed",
  isOf: tellsTorques,
  create: (header) => new Torques(header, motorTorques, motorNote(header)),
};

class Torques implements Overlay {
  readonly object = new Group();
  readonly note: string;
  readonly #read: (moment: Moment) => readonly JointTorque[];
  readonly #marks: readonly { readonly arc: Line; readonly end: Arrow; readonly circle: Line }[];
  readonly #size: number;
  readonly #isNew = changeDetector();

  constructor({ scene }: RecordingHeader, read: (moment: Moment) => readonly JointTorque[], note: string) {
    this.note = note;
    this.#read = read;
    this.#size = 0.16 * lengthOf(scene.arm.model.joints.map(({ frame }) => frame.position));
    this.#marks = drivenJoints(scene).map(() => ({
      arc: new Line({ linewidth: 3.5 }),
      circle: new Line({ linewidth: 1, opacity: 0.35 }),
      end: new Arrow(0.34 * this.#size),
    }));
    for (const { arc, circle, end } of this.#marks) this.object.add(circle.object, arc.object, end.object);
  }

  show(moment: Moment): void {
    const { episode, step, derived } = moment;
    const t = Math.min(step, episode.steps - 1);
    if (!this.#isNew(episode, t)) return;
    const tip = derived.tips.subarray(3 * t, 3 * t + 3);
    const found = this.#read(moment);
    this.object.visible = found.length > 0;
    for (const [i, torque] of found.entries()) this.#place(i, torque, new Vector3(tip[0], tip[1], tip[2]));
  }

  #place(i: number, { axis: along, origin: from, share, slides }: JointTorque, tip: Vector3): void {
    const { arc, circle, end } = this.#marks[i];
    const [axis, origin] = [new Vector3(...along), new Vector3(...from)];
    circle.object.visible = arc.object.visible = !slides;
    if (slides) {
      end.show(from, axis.multiplyScalar(2 * share * this.#size).toArray());
      return;
    }
    // It begins at the side of the tip, which it pushes about the axis.
    const side = tip.sub(origin).projectOnPlane(axis);
    if (side.lengthSq() < 1e-12) side.set(axis.z, axis.x, axis.y).cross(axis);
    side.setLength(this.#size);
    const at = (angle: number) => side.clone().applyAxisAngle(axis, angle).add(origin);
    const turn = fullTurn * share;
    const points = (to: number) => Array.from({ length: segments + 1 }, (_, k) => at((to * k) / segments).toArray());
    circle.show(...points(2 * Math.PI));
    arc.show(...points(turn));
    const head = Math.sign(turn) * Math.min(Math.abs(turn), 0.3);
    end.show(
      at(turn - head).toArray(),
      at(turn)
        .sub(at(turn - head))
        .toArray(),
    );
  }

  paint({ accent, ink }: Palette): void {
    for (const { arc, circle, end } of this.#marks) {
      arc.paint(accent);
      circle.paint(ink);
      end.paint(accent);
    }
  }
}

function torqueNote({ scene, spec }: RecordingHeader): string {
  const scales = drivenJoints(scene).map((_, k) => scaleOf(spec.controller, k));
  return `Torques: ${scaleNote(drivenJoints(scene), scales)}`;
}

function motorNote({ scene }: RecordingHeader): string {
  const joints = drivenJoints(scene);
  const scales = joints.map(({ motor }) => motor?.maxForce ?? 0);
  return `Torques: means of a step by its motion, pushes included; ${scaleNote(joints, scales)}`;
}

/** What the marks of joints stand for: of a full action or motor [A], an arc or, where a joint slides, an arrow. */
function scaleNote(joints: readonly Pick<Joint, 'kind'>[], scales: readonly number[]): string {
  const full = (slides: boolean) => {
    const own = scales.filter((_, k) => (joints[k].kind === 'prismatic') === slides);
    const ends = [...new Set([Math.min(...own), Math.max(...own)])].map(plain).join(' to ');
    return own.length > 0 && ends;
  };
  const [turning, sliding] = [full(false), full(true)];
  const said = [
    turning && `three quarters of a turn stand for ${turning} N m`,
    sliding && `the longest arrow along a slide for ${sliding} N`,
  ];
  return said.filter(Boolean).join(', ');
}

/** Without zeros at its end that say nothing. */
function plain(value: number): string {
  return compact(value)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** Of a way in pieces, m. */
function lengthOf(pieces: readonly (readonly number[])[]): number {
  return pieces.reduce((sum, piece) => sum + Math.hypot(...piece), 0) || 0.2;
}
