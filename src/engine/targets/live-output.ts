import { StringDecoder } from 'node:string_decoder'
import type { EventHub } from '../events.ts'
import { firstCharacter } from './first-character.ts'

/** How long pieces are gathered before they are told. */
const GATHER_MS = 250
/** What comes faster than this is told by its end. */
const MAX_PIECE = 16_384

export interface LiveOutput {
  add(chunk: Buffer): void
  /** Tells what is left. */
  end(): void
}

/** Tells of what a run writes to one stream while it writes, a few times a second. */
export function createLiveOutput(
  events: EventHub,
  run: { id: number; job_id: number },
  stream: 'stdout' | 'stderr'
): LiveOutput {
  let decoder = new StringDecoder('utf8')
  let text = ''
  let timer: NodeJS.Timeout | null = null
  const tell = (): void => {
    timer = null
    if (text !== '') events.emit('run_output', { run, stream, text })
    text = ''
  }
  /** What would be dropped again is not made a text of. */
  const decode = (chunk: Buffer): string => {
    if (chunk.length <= MAX_PIECE) return decoder.write(chunk)
    const end = chunk.subarray(-MAX_PIECE)
    decoder = new StringDecoder('utf8')
    text = ''
    return decoder.write(end.subarray(firstCharacter(end)))
  }
  return {
    add: (chunk) => {
      text = (text + decode(chunk)).slice(-MAX_PIECE)
      timer ??= setTimeout(tell, GATHER_MS)
    },
    end: () => {
      if (timer !== null) clearTimeout(timer)
      text += decoder.end()
      tell()
    }
  }
}
