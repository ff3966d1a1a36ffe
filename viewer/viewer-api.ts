import { type Object3D, Quaternion, Vector3 } from 'three';
import type { ViewerApi } from './api.ts';
import { seek } from './state/player.ts';
import type { Viewer } from './viewer.ts';

export function viewerApi({ app, opener, close }: Viewer, ready: Promise<void>): ViewerApi {
  const { session, stage } = app;
  return {
    ready,
    get episode() {
      return session.player?.episode ?? -1;
    },
    get step() {
      return session.moment()?.step ?? -1;
    },
    get state() {
      return session.state;
    },
    open: (bytes, name) => opener.openBytes(name, bytes),
    seek: (episode, step) => session.change((player) => ({ ...seek(player, step, episode), playing: false })),
    draw: () => stage.draw(true),
    bodyPose: (i) => poseOf(stage.arm?.bodies[i]),
    ghostPose: (ghost, i) => poseOf(stage.ghosts.arm(ghost)?.bodies[i]),
    tip: () => [...(session.moment()?.tip ?? [])],
    mark: (name) => poseOf(stage.scene.getObjectByName(name)).slice(0, 3),
    camera: () => [...stage.camera.position.toArray(), ...stage.orbit.controls.target.toArray()],
    close,
  };
}

function poseOf(body: Object3D | undefined): number[] {
  if (!body) throw new Error('nothing of the kind is drawn');
  body.updateWorldMatrix(true, false);
  const position = new Vector3();
  const rotation = new Quaternion();
  body.matrixWorld.decompose(position, rotation, new Vector3());
  return [...position.toArray(), ...rotation.toArray()];
}
