import uPlot from 'uplot'
import { colour, type Ink, onColourChange } from './colours.js'
import { inNextFrame } from './frame.js'

export const windowSeconds = 60

export type Line = { ink: Ink; width?: number; dash?: number[]; area?: boolean }

export type ChartOptions = {
  lines: readonly Line[]
  /** The top of the y axis for this largest value; the bottom is zero. */
  top: (largest: number) => number
  format: (value: number) => string
  /** The values under the pointer and how long ago they were, or nothing when it has left. */
  onPoint: (point: { values: readonly number[]; secondsAgo: number } | undefined) => void
}

/** The last minute of some lines over one time axis. */
export class Chart {
  readonly #plot: uPlot
  readonly #at: number[] = []
  readonly #values: number[][]
  readonly #lines: readonly Line[]

  constructor(parent: HTMLElement, options: ChartOptions) {
    this.#lines = options.lines
    this.#values = options.lines.map(() => [])
    this.#plot = new uPlot(plotOptions(parent, options), this.#data(), parent)
    new ResizeObserver(() => inNextFrame(() => this.#plot.setSize(sizeOf(parent)))).observe(parent)
    const redraw = () => inNextFrame(() => this.#plot.redraw(false, true))
    onColourChange(redraw)
    // The canvas draws its labels in the fallback font when the page's own has not arrived.
    document.fonts.ready.then(redraw, reportError)
  }

  add(at: number, values: readonly number[]): void {
    this.#at.push(at / 1000)
    this.#lines.forEach((_, index) => this.#values[index]?.push(values[index] ?? 0))
    this.#dropOld()
    inNextFrame(this.#paint)
  }

  clear(): void {
    this.#at.length = 0
    for (const values of this.#values) values.length = 0
    inNextFrame(this.#paint)
  }

  readonly #paint = (): void => this.#plot.setData(this.#data())

  #dropOld(): void {
    const oldest = (this.#at.at(-1) ?? 0) - windowSeconds
    const kept = this.#at.findIndex((at) => at >= oldest)
    // One point beyond the left edge stays, so that the line enters the picture instead of beginning in it.
    const drop = kept - 1
    if (drop <= 0) return
    this.#at.splice(0, drop)
    for (const values of this.#values) values.splice(0, drop)
  }

  #data(): uPlot.AlignedData {
    return [this.#at, ...this.#values]
  }
}

function sizeOf(parent: HTMLElement): { width: number; height: number } {
  return { width: parent.clientWidth, height: parent.clientHeight }
}

const font = '11px "Archivo Variable", system-ui, sans-serif'

function plotOptions(parent: HTMLElement, { lines, top, format, onPoint }: ChartOptions): uPlot.Options {
  return {
    ...sizeOf(parent),
    padding: [8, 0, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { setScale: false, x: false, y: false },
      points: { show: false },
      sync: { key: 'vitals', setSeries: false, scales: ['x', null] },
    },
    scales: {
      x: { time: false, range: (_, __, newest) => [newest - windowSeconds, newest] },
      y: { range: (_, __, largest) => [0, top(largest)] },
    },
    axes: [
      {
        font,
        size: 24,
        gap: 4,
        stroke: () => colour('label'),
        grid: { show: false },
        ticks: { show: false },
        // None at the left edge, which would cut the label in half.
        splits: (_, __, ___, newest) => [45, 30, 15, 0].map((ago) => newest - ago),
        values: () => ['−45 s', '−30 s', '−15 s', 'now'],
      },
      {
        font,
        // On the right, beside the newest values, so that the lines begin flush with the title.
        // oxlint-disable-next-line no-unsafe-enum-assignment -- uPlot's `Side` is a const enum of a .d.ts: it has no value.
        side: 1,
        size: 62,
        gap: 8,
        stroke: () => colour('label'),
        grid: { stroke: () => colour('rule'), width: 1 },
        ticks: { show: false },
        splits: (_, __, min, max) => [min, (min + max) / 2, max],
        values: (_, splits) => splits.map(format),
      },
    ],
    series: [{}, ...lines.map(series)],
    hooks: {
      setCursor: [
        (plot) => {
          const index = plot.cursor.idx
          const at = index === null || index === undefined ? undefined : plot.data[0][index]
          if (index === null || index === undefined || at === undefined) return onPoint(undefined)
          const values = plot.data.slice(1).map((column) => column[index] ?? 0)
          onPoint({ values, secondsAgo: (plot.data[0].at(-1) ?? at) - at })
        },
      ],
    },
  }
}

function series({ ink, width = 1.5, dash, area = false }: Line): uPlot.Series {
  return {
    stroke: () => colour(ink),
    width,
    points: { show: false },
    ...(dash ? { dash } : {}),
    ...(area ? { fill: () => colour('area') } : {}),
  }
}
