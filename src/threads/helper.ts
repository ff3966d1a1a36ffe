import { parentPort } from 'node:worker_threads';
import { helpAt, type Invitation } from './desk.ts';
import { kernelsOf } from './hands.ts';

/** A thread that does nothing but help with gradients. */

let kernelFor: ReturnType<typeof kernelsOf> | null = null;

parentPort?.on('message', (invitation: Invitation) => {
  kernelFor ??= kernelsOf(invitation.hand, invitation.hands);
  helpAt(invitation, kernelFor);
});
parentPort?.postMessage('ready');
