import type { Chart } from '../report/chart.ts';
import type { Finding, Section, Table } from '../report/page.ts';

/** One idea of an experiment: statements that hold or do not, and the numbers behind them. */
export interface Evidence {
  readonly findings: readonly Finding[];
  readonly tables?: readonly Table[];
  readonly plots?: readonly Chart[];
}

/** What an experiment has to show: a section of the report. */
export type ExperimentSection = Required<Pick<Section, 'name' | 'title' | 'claim' | 'equations'> & Evidence>;

export interface Experiment {
  /** As on the command line. */
  readonly name: string;
  /** In a few words, for the command's help. */
  readonly description: string;
  run(seed: number): Promise<ExperimentSection>;
}

interface Outline extends Pick<ExperimentSection, 'name' | 'title' | 'claim' | 'equations'> {
  readonly description: string;
  /** What the experiment finds out, all drawn from the seed. */
  evidence(seed: number): readonly Evidence[] | Promise<readonly Evidence[]>;
}

export function experiment({ description, evidence, ...head }: Outline): Experiment {
  return {
    name: head.name,
    description,
    async run(seed) {
      const all = await evidence(seed);
      return {
        ...head,
        findings: all.flatMap(({ findings }) => findings),
        tables: all.flatMap(({ tables = [] }) => tables),
        plots: all.flatMap(({ plots = [] }) => plots),
      };
    },
  };
}
