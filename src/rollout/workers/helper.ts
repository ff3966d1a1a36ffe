import { parentPort } from 'node:worker_threads';
import { helpAt, type Invitation } from './desk.ts';
import { ownKernels } from './hands.ts';

/** A thread that does nothing but help with gradients. */

const kernelFor = ownKernels();

parentPort?.on('message', (invitation: Invitation) => helpAt(invitation, kernelFor));
parentPort?.postMessage('ready');
