/** Both workers of the page in one script, for a page that is one file: the name of a worker says which it is. */
if (self.name === 'simulator') void import('../../verify/simulate.ts');
else void import('./live-worker.ts');
