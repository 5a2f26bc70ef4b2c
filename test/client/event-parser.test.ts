import { test } from 'tap'
import { createEventParser, type StreamState } from '../../src/client/event-parser.ts'

function parse(pieces: readonly string[]) {
  const state: StreamState = { lastEventId: '', retryMs: null }
  const parser = createEventParser(state)
  return { events: pieces.flatMap(parser), state }
}

test('events are read as the standard says', (t) => {
  const cases: readonly [string, object[]][] = [
    ['data: a\n\n', [{ event: 'message', data: 'a', id: '' }]],
    ['event: job\nid: 1-2\ndata: {}\n\n', [{ event: 'job', data: '{}', id: '1-2' }]],
    ['data: a\ndata: b\n\n', [{ data: 'a\nb' }]],
    ['data:a\n\ndata:  b\n\n', [{ data: 'a' }, { data: ' b' }]],
    ['data\n\n', [{ data: '' }]],
    [': comment\n\n', []],
    ['event: x\n\n', []],
    ['id: 7\n\ndata: a\n\n', [{ data: 'a', id: '7' }]],
    ['data: a\r\n\r\ndata: b\r\rdata: c\n\n', [{ data: 'a' }, { data: 'b' }, { data: 'c' }]],
    ['unknown: x\ndata: a\n\n', [{ data: 'a' }]],
    ['data: never ended', []]
  ]
  for (const [text, expected] of cases) {
    t.match(parse([text]).events, expected, JSON.stringify(text))
    t.equal(parse([text]).events.length, expected.length)
    t.strictSame(parse(text.split('')).events, parse([text]).events, 'wherever it is cut')
  }
  t.end()
})

test('the stream tells where to go on, and when', (t) => {
  t.strictSame(parse(['retry: 2000\nid: 9\n\n']).state, { lastEventId: '9', retryMs: 2_000 })
  t.strictSame(parse(['retry: soon\nid: a\0b\n\n']).state, { lastEventId: '', retryMs: null })
  t.end()
})
