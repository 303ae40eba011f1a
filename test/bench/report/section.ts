import type { Measurement } from '../measuring/measurement.ts';
import type { Plot } from './plot.ts';

/** A part of the report that one benchmark's figures are. */
export interface Section {
  readonly title: string;
  /** Markdown. Pictures are put in where it says `{{name}}`. */
  readonly body: string;
  /** By the name of their file, without its ending. */
  readonly plots: Readonly<Record<string, Plot>>;
}

export type SectionMaker<Figures> = (figures: Figures) => Section;

/** The figures of a benchmark that only prints. */
export interface PrintedFigures {
  readonly printed: readonly string[];
}

export type AnyMeasurement = Measurement<unknown>;
