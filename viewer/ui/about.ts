import type { Session } from '../state/session.ts';
import { need, write } from './dom.ts';
import { whole } from './format.ts';

/** What was recorded: the environment, and who acted. */
export function about(session: Session): void {
  const title = need('env', HTMLElement);
  const policy = need('policy', HTMLElement);
  let shown: unknown;
  session.watch(({ recording, name }) => {
    if (shown === recording) return;
    shown = recording;
    const { env, scene, policy: by, spec } = recording.header;
    document.title = `${name} · Armature`;
    write(title, env.env);
    const trained = by.trainedSteps > 0 ? `${whole(by.trainedSteps)} steps` : 'untrained';
    write(policy, `${by.kind}, ${trained} · ${scene.arm}, ${Number((1 / spec.dt).toFixed(2))} Hz`);
    policy.title = by.name;
  });
}
