import type { VitalName } from '../vitals.js'
import { Chart, type ChartOptions } from './chart.js'
import { write } from './element.js'
import { inNextFrame } from './frame.js'

export type Reading = {
  label: string
  format: (value: number) => string
  swatch: 'accent' | 'second' | 'third' | 'none'
}

export type Sample = { lines: readonly number[]; readings: readonly number[] }

export type VitalPicture<Value> = {
  title: string
  readings: readonly Reading[]
  chart: Omit<ChartOptions, 'onPoint'>
  sample: (value: Value) => Sample
}

/** One vital: its checkbox, what it reads now, its last minute, and what to say when there is nothing to show. */
export class VitalCard<Value extends { at: number }> {
  readonly name: VitalName
  readonly checkbox: HTMLInputElement
  readonly #root: HTMLElement
  readonly #ago: HTMLElement
  readonly #numbers: HTMLElement[]
  readonly #note: HTMLElement
  readonly #chart: Chart
  readonly #picture: VitalPicture<Value>
  readonly #history: { at: number; readings: readonly number[] }[] = []
  #pointed: number | undefined

  constructor(name: VitalName, picture: VitalPicture<Value>, parent: HTMLElement) {
    this.name = name
    this.#picture = picture
    this.#root = document.createElement('article')
    this.#root.className = 'vital'
    this.#root.dataset['testid'] = `vital-${name}`

    const label = document.createElement('label')
    this.checkbox = document.createElement('input')
    this.checkbox.type = 'checkbox'
    this.checkbox.name = 'vital'
    this.checkbox.value = name
    this.checkbox.checked = true
    label.append(this.checkbox, picture.title)
    this.#ago = document.createElement('span')
    this.#ago.className = 'ago'
    const heading = document.createElement('div')
    heading.className = 'vital-heading'
    heading.append(label, this.#ago)

    const list = document.createElement('dl')
    this.#numbers = picture.readings.map((reading) => {
      const item = document.createElement('div')
      const term = document.createElement('dt')
      term.textContent = reading.label
      term.dataset['swatch'] = reading.swatch
      const number = document.createElement('dd')
      number.textContent = '–'
      item.append(term, number)
      list.append(item)
      return number
    })

    const plot = document.createElement('div')
    plot.className = 'plot'
    const canvas = document.createElement('div')
    canvas.className = 'canvas'
    canvas.setAttribute('aria-hidden', 'true')
    this.#note = document.createElement('p')
    this.#note.className = 'note'
    plot.append(canvas, this.#note)

    this.#root.append(heading, list, plot)
    parent.append(this.#root)
    this.#chart = new Chart(canvas, {
      ...picture.chart,
      onPoint: (point) => {
        this.#pointed = point?.secondsAgo
        inNextFrame(this.#paintReadings)
      },
    })
    this.expect()
  }

  add(value: Value): void {
    const sample = this.#picture.sample(value)
    this.#history.push({ at: value.at, readings: sample.readings })
    if (this.#history.length > 300) this.#history.shift()
    this.#say('')
    this.#chart.add(value.at, sample.lines)
    inNextFrame(this.#paintReadings)
  }

  /** Samples are on their way: a chart that has some already keeps them. */
  expect(): void {
    if (this.#history.length === 0) this.#say('Waiting for the first sample')
  }

  /** No samples will come: says why in place of the chart. */
  forget(note: string): void {
    this.#history.length = 0
    this.#chart.clear()
    this.#say(note)
    inNextFrame(this.#paintReadings)
  }

  #say(note: string): void {
    write(this.#note, note)
    this.#root.classList.toggle('is-empty', note !== '')
  }

  readonly #paintReadings = (): void => {
    const newest = this.#history.at(-1)
    const shown =
      newest && this.#pointed !== undefined ? this.#nearest(newest.at - this.#pointed * 1000) : newest
    this.#numbers.forEach((number, index) => {
      const value = shown?.readings[index]
      const format = this.#picture.readings[index]?.format
      write(number, value === undefined || !format ? '–' : format(value))
    })
    write(this.#ago, this.#pointed === undefined || !newest ? '' : `${this.#pointed.toFixed(1)} s ago`)
  }

  #nearest(at: number): { at: number; readings: readonly number[] } | undefined {
    return this.#history.find((sample) => sample.at >= at - 1)
  }
}
