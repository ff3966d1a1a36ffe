import { nativeContract } from './native.ts';

await nativeContract('tfjs-node-gpu');
