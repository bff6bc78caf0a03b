/** The element with this id; index.html and the code disagree if there is none. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no element #${id}`)
  return found
}

/** Writes only what differs: an untouched text node costs no layout. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text
}
