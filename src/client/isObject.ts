/** Whether a value has properties. Not by class: an object from an iframe is no `instanceof Object` here. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
