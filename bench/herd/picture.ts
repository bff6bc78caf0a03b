import type { Herd, PerSecond } from './simulate.js'

const WIDTH = 860
const PANEL = 150
const LEFT = 76
const TOP = 76
const GAP = 46

export interface Series {
  readonly name: string
  readonly color: string
  readonly perSecond: PerSecond
}

/** One panel for each series, all on one scale. */
export function picture(herd: Herd, series: readonly Series[]): string {
  const peak = Math.max(...series.flatMap(({ perSecond }) => [...perSecond]))
  const height = TOP + series.length * (PANEL + GAP) + 14
  const panels = series.map((one, i) => panel(herd, one, TOP + i * (PANEL + GAP), peak))
  const title = `${number(herd.browsers)} browsers of ${herd.tabs} tabs lose one server at the same moment`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${title}">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="20" y="26" font-size="16" font-weight="600" fill="#1c2430">${title}</text>
<text x="20" y="45" fill="#5b6675">Connections that reach the server in each second; it is away for the shaded ${herd.outage} s. Delay ${herd.reconnectionTime / 1000} s.</text>
${panels.join('\n')}
</svg>
`
}

function panel(herd: Herd, { name, color, perSecond }: Series, top: number, peak: number): string {
  const width = WIDTH - LEFT - 30
  const x = (second: number): number => LEFT + (second / herd.span) * width
  const bar = width / herd.span
  const bottom = top + PANEL
  const bars = [...perSecond].map((count, second) => {
    // A second with a single connection must not look like one with none.
    const tall = count === 0 ? 0 : Math.max(0.5, (count / peak) * PANEL)
    return `<rect x="${x(second).toFixed(1)}" y="${(bottom - tall).toFixed(1)}" width="${(bar - 1).toFixed(1)}" height="${tall.toFixed(1)}"/>`
  })
  const lines = [0, 0.5, 1].map((part) => {
    const y = bottom - part * PANEL
    return `<path d="M${LEFT} ${y}H${LEFT + width}" stroke="#e3e7ec"/><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end" fill="#5b6675">${number(Math.round(part * peak))}</text>`
  })
  const ticks = Array.from({ length: Math.floor(herd.span / 10) + 1 }, (_, i) => i * 10).map(
    (second) =>
      `<text x="${x(second).toFixed(1)}" y="${bottom + 15}" text-anchor="middle" fill="#5b6675">${second} s</text>`,
  )
  const most = Math.max(...perSecond)
  const total = perSecond.reduce((sum, count) => sum + count, 0)
  return `<g>
<rect x="${LEFT}" y="${top}" width="${(x(herd.outage) - LEFT).toFixed(1)}" height="${PANEL}" fill="#f3f5f8"/>
${lines.join('')}
<text x="${LEFT + width}" y="${top - 7}" text-anchor="end" fill="#1c2430"><tspan font-weight="600">${name}</tspan>: at most ${number(most)} in a second, ${number(total)} in all</text>
<g fill="${color}">${bars.join('')}</g>
${ticks.join('')}
</g>`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
