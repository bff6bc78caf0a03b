import { element } from './element.js'

const svg = 'http://www.w3.org/2000/svg'
const width = 160
const height = 120
const mostBranches = 12

/** The branches from the worker to its tabs, this tab's own on top; a tab that has closed its session hangs loose. */
export function drawFan(tabs: number, ownOpen: boolean): void {
  const fan = element('fan')
  const branches = Math.min(mostBranches, Math.max(1, ownOpen ? tabs : tabs + 1))
  const drawing = `${branches} ${ownOpen}`
  if (fan.dataset['drawing'] === drawing) return
  fan.dataset['drawing'] = drawing
  fan.replaceChildren(
    ...Array.from({ length: branches }, (_, index) =>
      branch(index, branches, index === 0, ownOpen),
    ).reverse(),
  )
}

function branch(index: number, branches: number, own: boolean, ownOpen: boolean): SVGElement {
  const y = branches === 1 ? height / 2 : 8 + (index * (height - 16)) / (branches - 1)
  const group = document.createElementNS(svg, 'g')
  group.setAttribute('class', own ? (ownOpen ? 'branch own' : 'branch own loose') : 'branch')
  const path = document.createElementNS(svg, 'path')
  path.setAttribute(
    'd',
    `M0 ${height / 2} C ${width * 0.5} ${height / 2}, ${width * 0.45} ${y}, ${width - 12} ${y}`,
  )
  const end = document.createElementNS(svg, 'circle')
  end.setAttribute('cx', String(width - 8))
  end.setAttribute('cy', String(y))
  end.setAttribute('r', own ? '5' : '3.5')
  group.append(path, end)
  return group
}
