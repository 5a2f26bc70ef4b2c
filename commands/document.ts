import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, type Document } from 'yaml'
import { CarillonError } from '../src/domain/errors.ts'

/** A document of YAML or JSON, which is YAML too. */
export interface ReadDocument {
  value: unknown
  /** The line, from 1, of what a JSON pointer leads to, or of the nearest that there is. */
  lineOf(pointer: string): number
}

/**
 * Reads a file, or standard input for "-".
 * @throws CarillonError `validation_failed`, naming file, line and column
 */
export async function readDocument(file: string): Promise<ReadDocument> {
  const source = await readText(file)
  const name = file === '-' ? 'Standard input' : file
  const lines = new LineCounter()
  const documents = parseAllDocuments(source, { lineCounter: lines, prettyErrors: false })
  if (!Array.isArray(documents) || documents.length === 0) throw wrong(`${name} is empty.`)
  const [document, second] = documents
  if (document === undefined) throw wrong(`${name} is empty.`)
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    throw wrong(`${name}:${line}:${col}: ${error.message}`)
  }
  if (second !== undefined) {
    throw wrong(`${name} has several documents; join them into one, without lines of "---".`)
  }
  return {
    value: document.toJS({ maxAliasCount: 100 }),
    lineOf: (pointer) => lines.linePos(offsetOf(document, pointer)).line
  }
}

/** The text of a file, or standard input for "-". */
export function readText(file: string): Promise<string> {
  return file === '-' ? text(process.stdin) : readFile(file, 'utf8')
}

/** Where in the text a pointer leads; a key counts as its pair. */
function offsetOf(document: Document.Parsed, pointer: string): number {
  let node: unknown = document.contents
  let offset = 0
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    const next = childOf(node, key)
    if (next === null) break
    node = next.node
    offset = next.offset
  }
  return offset
}

function childOf(node: unknown, key: string): { node: unknown; offset: number } | null {
  if (isSeq(node)) {
    const item: unknown = node.items[Number(key)]
    return item === undefined ? null : { node: item, offset: startOf(item) }
  }
  if (!isMap(node)) return null
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
  return isPair(pair) ? { node: pair.value, offset: startOf(pair.key) } : null
}

function startOf(node: unknown): number {
  const isPlaced = typeof node === 'object' && node !== null && 'range' in node
  return isPlaced && Array.isArray(node.range) ? Number(node.range[0]) : 0
}

function wrong(message: string): CarillonError {
  return new CarillonError('validation_failed', message)
}
