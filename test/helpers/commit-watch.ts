import type { ServerKind } from './server-databases.ts'

/** Reads what a client sends, piece by piece; says whether a COMMIT was completed by this piece. */
export type CommitWatch = (piece: Buffer) => boolean

const COMMIT = /^\s*commit\s*(?:work|transaction)?\s*;?\s*$/i

/** Takes whole messages off the front of what has come so far. */
function inMessages(
  lengthOf: (bytes: Buffer) => number | null,
  isCommit: (message: Buffer) => boolean
): CommitWatch {
  let rest: Buffer = Buffer.alloc(0)
  return (piece) => {
    rest = Buffer.concat([rest, piece])
    let found = false
    for (let length = lengthOf(rest); length !== null; length = lengthOf(rest)) {
      if (rest.length < length) break
      if (isCommit(rest.subarray(0, length))) found = true
      rest = rest.subarray(length)
    }
    return found
  }
}

/** Requests for encryption, which come before the start-up message and are refused on the loopback. */
const BEFORE_START_UP = new Set([80_877_103, 80_877_104])

/**
 * Frontend messages of PostgreSQL (protocol 3.0, "Message Formats"): a COMMIT is a simple query, or
 * a Bind of a statement with that text.
 */
function watchPostgres(): CommitWatch {
  let started = false
  const statements = new Map<string, string>()
  const typeAt = (): number => (started ? 1 : 0)
  return inMessages(
    (bytes) =>
      bytes.length < typeAt() + 4 ? null : typeAt() + Math.max(4, bytes.readInt32BE(typeAt())),
    (message) => {
      if (!started) {
        started = !BEFORE_START_UP.has(message.readInt32BE(4))
        return false
      }
      const [first = '', second = ''] = message.toString('latin1', 5).split('\0')
      switch (String.fromCharCode(message[0] ?? 0)) {
        case 'Q':
          return COMMIT.test(first)
        case 'P':
          statements.set(first, second)
          return false
        case 'B':
          return COMMIT.test(statements.get(second) ?? '')
        default:
          return false
      }
    }
  )
}

const HEADER_BYTES = 4
const COM_QUERY = 3

/**
 * Packets of MySQL's client protocol: three bytes of length, a number that is 0 in each command,
 * and the command. MySQL 8 may put the count of attributes before the text.
 */
function watchMysql(): CommitWatch {
  return inMessages(
    (bytes) => (bytes.length < HEADER_BYTES ? null : HEADER_BYTES + bytes.readUIntLE(0, 3)),
    (packet) =>
      packet[3] === 0 &&
      packet[HEADER_BYTES] === COM_QUERY &&
      COMMIT.test(packet.toString('latin1', HEADER_BYTES + 1).replace('\u0000\u0001', ''))
  )
}

export function createCommitWatch(kind: ServerKind): CommitWatch {
  return kind === 'postgres' ? watchPostgres() : watchMysql()
}
