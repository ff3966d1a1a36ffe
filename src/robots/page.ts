import type { Arm, Meshes } from '../../envs/model/types.ts';
import type { Chart } from '../report/chart.ts';
import type { Report, Section, Table } from '../report/page.ts';
import { bodyTable, jointTable, motorTable, remarksOn, summaryOf } from './description.ts';
import { picturesOf } from './picture.ts';
import type { StepResponse } from './step-response.ts';

export type NoteList = Required<Pick<Section, 'name' | 'title' | 'notes'>>;

/** An arm, what its meshes are made of, and what was read of them. */
export interface DrawnRobot {
  readonly arm: Arm;
  readonly meshes?: Meshes;
  readonly table: Table | null;
}

/**
 * A robot as a page: what was read, in pictures and tables, what was assumed, and how its motors answer.
 * @param comparisons with another engine
 * @param lists further lines by their title
 * @param about a quiet line of where it comes from
 */
export function robotPage(
  { arm, meshes, table }: DrawnRobot,
  responses: readonly StepResponse[],
  comparisons: readonly Table[],
  lists: readonly NoteList[],
  about: string,
): Report {
  return {
    title: arm.name,
    intro: introOf(arm),
    about,
    sections: [
      {
        name: 'robot',
        title: 'At home',
        claim: 'Joints have their number and a line along their axis; the cross is the tip.',
        pictures: picturesOf(arm, meshes),
        tables: [jointTable(arm), bodyTable(arm), ...(table ? [table] : [])],
      },
      ...(responses.length
        ? [
            {
              name: 'motors',
              title: 'Step responses',
              plots: responses.map((response, i) => chartOf(response, i)),
              tables: [motorTable(arm, responses)],
              notes: remarksOn(responses),
            },
          ]
        : []),
      ...comparisons.map((table) => ({ name: 'engines', title: 'Another engine', tables: [table] })),
      ...lists.filter(({ notes }) => notes.length),
    ],
  };
}

/** The arm's own words, and the figures that they do not have. */
function introOf(arm: Arm): string {
  const [joints, ...rest] = summaryOf(arm).split(', ');
  const figures = arm.description.includes(joints) ? rest : [joints, ...rest];
  return `${arm.description}; ${figures.join(', ')}.`;
}

/** s that a chart shows; most joints have settled long before. */
const shown = 0.6;

function chartOf({ joint, step, unit, times, values }: StepResponse, i: number): Chart {
  const count = times.findIndex((time) => time > shown);
  const x = times.slice(0, count);
  return {
    title: `${i + 1} ${joint}`,
    subtitle: `a step of ${Number(step.toFixed(4))} ${unit}`,
    x: { label: 's' },
    y: { label: 'share of the step', percent: true },
    series: [
      {
        label: 'joint',
        x,
        y: values.slice(0, count).map((value) => (Number.isFinite(value) ? value : null)),
        line: true,
      },
      { label: 'target', x, y: x.map(() => 1), line: true, dash: [4, 4] },
    ],
    group: 'steps',
  };
}
