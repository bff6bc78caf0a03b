const whole = new Intl.NumberFormat('en')

export function count(value: number): string {
  return whole.format(value)
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB']

export function bytes(value: number): string {
  let scaled = value
  let unit = 0
  while (scaled >= 999.5 && unit < byteUnits.length - 1) {
    scaled /= 1000
    unit++
  }
  const digits = unit === 0 || scaled >= 99.5 ? 0 : scaled >= 9.95 ? 1 : 2
  return `${scaled.toFixed(digits)} ${byteUnits[unit]}`
}

export function bytesPerSecond(value: number): string {
  return `${bytes(value)}/s`
}

/** For axes, whose values are round: 2 MB/s, not 2.00 MB/s. */
export function roundBytesPerSecond(value: number): string {
  return bytesPerSecond(value)
    .replace(/\.0+(?= )/, '')
    .replace(/(\.\d)0(?= )/, '$1')
}

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  if (minutes === 0) return `${seconds} s`
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function plural(amount: number, one: string, many: string): string {
  return amount === 1 ? one : many
}
