import { createReader, currentReader, readBy, type Reader } from './reader.ts'

/** A value that tells those who read it when it has become another one. */
export interface Signal<Value> {
  value: Value
}

export function signal<Value>(first: Value): Signal<Value> {
  let held = first
  const readers = new Set<Reader>()
  return {
    get value() {
      const reader = currentReader()
      if (reader !== null) {
        readers.add(reader)
        reader.heard.add(readers)
      }
      return held
    },
    set value(next) {
      if (Object.is(next, held)) return
      held = next
      // Who hears of it reads anew, and so comes to stand among them again.
      const told = [...readers]
      for (const reader of told) reader.again()
    }
  }
}

/** Does something now, and again whenever a signal changes that it has read; for as long as the page is there. */
export function effect(act: () => void): void {
  const reader = createReader(() => readBy(reader, act))
  reader.again()
}

/** What is computed from signals: it changes no more often than what comes of it. */
export function computed<Value>(compute: () => Value): Readonly<Signal<Value>> {
  const result = signal(compute())
  effect(() => {
    result.value = compute()
  })
  return result
}
