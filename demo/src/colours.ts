export type Ink = 'accent' | 'second' | 'third' | 'rule' | 'label' | 'area'

const inks: readonly Ink[] = ['accent', 'second', 'third', 'rule', 'label', 'area']

/** The canvas cannot read CSS variables by itself: this is their present value. */
const present = new Map<Ink, string>()

function read(): void {
  const style = getComputedStyle(document.documentElement)
  for (const ink of inks) present.set(ink, style.getPropertyValue(`--chart-${ink}`).trim())
}

export function colour(ink: Ink): string {
  if (present.size === 0) read()
  return present.get(ink) ?? ''
}

/** Calls back when the reader's system goes from light to dark or back. */
export function onColourChange(listener: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    read()
    listener()
  })
}
