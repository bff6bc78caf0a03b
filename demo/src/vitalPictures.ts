import type { Logged, VitalName } from '../vitals.js'
import { atLeast, roundUp } from './axisTop.js'
import * as format from './format.js'
import type { VitalPicture } from './vitalCard.js'

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

// Past this many, single cores are no longer told apart: the mean and the busiest one still tell the story.
const mostCoreLines = 16

export type Pictures = { [Name in VitalName]: VitalPicture<Logged[Name]> }

export function vitalPictures(machine: { cores: number; memory: number }): Pictures {
  const coreLines = Math.min(machine.cores, mostCoreLines)
  return {
    cpu: {
      title: 'CPU',
      readings: [
        { label: 'all cores', format: format.percent, swatch: 'accent' },
        { label: `busiest of ${machine.cores}`, format: format.percent, swatch: 'second' },
      ],
      chart: {
        lines: [
          ...Array.from({ length: coreLines }, () => ({ ink: 'second', width: 1 }) as const),
          { ink: 'accent', width: 2, area: true },
        ],
        top: () => 1,
        format: format.percent,
      },
      sample: ({ cores }) => ({
        lines: [...Array.from({ length: coreLines }, (_, index) => cores[index] ?? 0), mean(cores)],
        readings: [mean(cores), Math.max(...cores)],
      }),
    },
    load: {
      title: 'Load',
      readings: [
        { label: '1 min', format: (value) => value.toFixed(2), swatch: 'accent' },
        { label: '5 min', format: (value) => value.toFixed(2), swatch: 'second' },
        { label: '15 min', format: (value) => value.toFixed(2), swatch: 'third' },
      ],
      chart: {
        lines: [{ ink: 'third', dash: [2, 3] }, { ink: 'second' }, { ink: 'accent', width: 2 }],
        // The machine is full when its load is the number of its cores: that line is the natural top.
        top: (largest) => (largest <= machine.cores ? machine.cores : roundUp(largest)),
        format: (value) => value.toFixed(value % 1 === 0 ? 0 : 1),
      },
      sample: ({ one, five, fifteen }) => ({ lines: [fifteen, five, one], readings: [one, five, fifteen] }),
    },
    memory: {
      title: 'Memory',
      readings: [
        { label: 'used', format: format.bytes, swatch: 'accent' },
        { label: `of ${format.bytes(machine.memory)}`, format: format.percent, swatch: 'none' },
      ],
      chart: {
        lines: [{ ink: 'accent', width: 2, area: true }],
        top: () => machine.memory,
        format: (value) => format.bytes(value),
      },
      sample: ({ used, total }) => ({ lines: [used], readings: [used, used / total] }),
    },
    loop: {
      title: 'Event-loop delay',
      readings: [
        { label: 'median', format: format.milliseconds, swatch: 'accent' },
        { label: 'slowest', format: format.milliseconds, swatch: 'second' },
      ],
      chart: {
        lines: [
          { ink: 'second', width: 1 },
          { ink: 'accent', width: 2, area: true },
        ],
        top: atLeast(1),
        format: (value) => `${value} ms`,
      },
      sample: ({ median, slowest }) => ({ lines: [slowest, median], readings: [median, slowest] }),
    },
    disk: {
      title: 'Disk',
      readings: [
        { label: 'read', format: format.bytesPerSecond, swatch: 'accent' },
        { label: 'written', format: format.bytesPerSecond, swatch: 'second' },
      ],
      chart: {
        lines: [
          { ink: 'accent', width: 2, area: true },
          { ink: 'second', width: 1.5 },
        ],
        top: atLeast(100_000),
        format: format.roundBytesPerSecond,
      },
      sample: ({ read, written }) => ({ lines: [read, written], readings: [read, written] }),
    },
    network: {
      title: 'Network',
      readings: [
        { label: 'received', format: format.bytesPerSecond, swatch: 'accent' },
        { label: 'sent', format: format.bytesPerSecond, swatch: 'second' },
      ],
      chart: {
        lines: [
          { ink: 'accent', width: 2, area: true },
          { ink: 'second', width: 1.5 },
        ],
        top: atLeast(10_000),
        format: format.roundBytesPerSecond,
      },
      sample: ({ received, sent }) => ({ lines: [received, sent], readings: [received, sent] }),
    },
  }
}
