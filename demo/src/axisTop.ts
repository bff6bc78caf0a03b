/** The next of 1, 2, 5, 10, 20, 50 … that is not below `value`: half of it is a round number too. */
export function roundUp(value: number): number {
  if (value <= 0) return 1
  const magnitude = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 5].find((each) => each * magnitude >= value) ?? 10
  return step * magnitude
}

/** An axis that grows with its values but never shows noise as if it were a mountain. */
export function atLeast(floor: number): (largest: number) => number {
  return (largest) => roundUp(Math.max(floor, largest))
}
