#!/usr/bin/env node
import { isMainThread } from 'node:worker_threads';
// Sets flags of V8, before anything is compiled.
import '../run/engine.ts';
import { supervisedThread } from '../run/stop.ts';
import { adoptTerminal, endWithParent, keepOutputHarmless } from './streams.ts';
import { supervise } from './supervisor.ts';

/** Commands whose work must not be lost: another thread does it, so that this one hears of signals at every moment. */
const supervised = ['train', 'resume'];

const thread = supervisedThread();
const command = process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? '';
if (isMainThread) keepOutputHarmless();
if (isMainThread && supervised.includes(command)) {
  await supervise(new URL(import.meta.url));
} else {
  if (thread) adoptTerminal(thread.terminal);
  else endWithParent(() => process.exit(1));
  const { runCommand } = await import('./program.ts');
  await runCommand(command);
}
