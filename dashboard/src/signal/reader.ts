/** Who reads signals, and is to hear when one that was read changes. */
export interface Reader {
  /** Called at each change. */
  readonly again: () => void
  /** Of each signal that was read, those who hear of it; this one is among them. */
  readonly heard: Set<Set<Reader>>
}

let current: Reader | null = null

/** Who reads now; null where nobody is to hear of it. */
export function currentReader(): Reader | null {
  return current
}

export function createReader(again: () => void): Reader {
  return { again, heard: new Set() }
}

/** Does something, and keeps which signals were read by it; what was read before counts no more. */
export function readBy<Result>(reader: Reader, act: () => Result): Result {
  forgetReader(reader)
  const before = current
  current = reader
  try {
    return act()
  } finally {
    current = before
  }
}

/** Has a reader hear nothing any more. */
export function forgetReader(reader: Reader): void {
  for (const readers of reader.heard) readers.delete(reader)
  reader.heard.clear()
}
