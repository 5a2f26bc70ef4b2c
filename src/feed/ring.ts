import type { FeedEvent } from '../domain/feed-event.ts'

/** An event as it is sent. */
export interface FeedMessage {
  /** By which a listener can go on after it; null for an event that is not kept. */
  readonly id: string | null
  readonly event: FeedEvent
  /** Its data. */
  readonly json: string
}

/** The last events, for listeners that come back. */
export interface Ring {
  /** Keeps a message under the next number. */
  add(make: (seq: number) => FeedMessage): FeedMessage
  /** The number of the last message. */
  last(): number
  /** What came after a number; null when some of it is gone, or it was never given out. */
  after(seq: number): readonly FeedMessage[] | null
  /** Lets go of everything: from here on nobody can go on from an earlier number. */
  clear(): void
}

/** Keeps so many messages, and of their data so many characters. */
export function createRing(limits: { messages: number; characters: number }): Ring {
  let kept: FeedMessage[] = []
  let characters = 0
  let seq = 0

  const isOver = (): boolean =>
    kept.length > limits.messages || (characters > limits.characters && kept.length > 1)

  return {
    add: (make) => {
      seq++
      const message = make(seq)
      kept.push(message)
      characters += message.json.length
      while (isOver()) characters -= kept.shift()?.json.length ?? 0
      return message
    },
    last: () => seq,
    after: (from) => {
      const missed = seq - from
      if (missed < 0 || missed > kept.length) return null
      return kept.slice(kept.length - missed)
    },
    clear: () => {
      // What happens while nothing is kept counts as one message that is gone.
      seq++
      kept = []
      characters = 0
    }
  }
}
