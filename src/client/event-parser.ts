/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** "message" where the stream names none. */
  event: string
  data: string
  /** The last id that the stream gave; empty before the first. */
  id: string
}

/** What a stream sets for its reader, besides its events. */
export interface StreamState {
  /** To be sent as `Last-Event-ID` when the stream is asked for again. */
  lastEventId: string
  /** How long to wait before that, in milliseconds; null where it did not say. */
  retryMs: number | null
}

/** Takes the stream in pieces, wherever they are cut, and gives the events that they complete. */
export type EventParser = (piece: string) => ServerSentEvent[]

/**
 * Reads the format of server-sent events.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createEventParser(state: StreamState): EventParser {
  let rest = ''
  let name = ''
  let data: string[] = []

  const take = (line: string): ServerSentEvent | null => {
    if (line === '') {
      const event = { event: name || 'message', data: data.join('\n'), id: state.lastEventId }
      const isEvent = data.length > 0
      name = ''
      data = []
      return isEvent ? event : null
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'event') name = value
    else if (field === 'data') data.push(value)
    else if (field === 'id' && !value.includes('\0')) state.lastEventId = value
    else if (field === 'retry' && /^\d+$/.test(value)) state.retryMs = Number(value)
    return null
  }

  return (piece) => {
    rest += piece
    // A CR at the end may be half of a CRLF.
    const until = rest.endsWith('\r') ? rest.length - 1 : rest.length
    const lines = rest.slice(0, until).split(/\r\n|\n|\r/)
    rest = (lines.pop() ?? '') + rest.slice(until)
    return lines.map(take).filter((event) => event !== null)
  }
}
