import { test } from 'tap'
import { BoundedText, MAX_TEXT_BYTES } from '../../../src/engine/targets/bounded-text.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

test('pieces come out as one text, characters split between them included', async (t) => {
  const text = new BoundedText()
  for (const byte of bytes('naïve €1 🎉')) text.add(Uint8Array.of(byte))
  t.same(text.read(true), { text: 'naïve €1 🎉', truncated: false })
})

test('a text of exactly 64 KiB is whole', async (t) => {
  const text = new BoundedText()
  t.equal(text.add(bytes('a'.repeat(MAX_TEXT_BYTES))), true)
  t.same(text.read(true), { text: 'a'.repeat(MAX_TEXT_BYTES), truncated: false })
  t.equal(text.add(bytes('b')), false)
})

test('a character that the cut goes through is left out', async (t) => {
  const text = new BoundedText()
  t.equal(text.add(bytes(`${'a'.repeat(MAX_TEXT_BYTES - 2)}€ and more`)), false)
  t.same(text.read(false), { text: 'a'.repeat(MAX_TEXT_BYTES - 2), truncated: true })
})

test('a short text that broke off inside a character ends before it', async (t) => {
  const text = new BoundedText()
  text.add(bytes('10 €').subarray(0, 4))
  t.same(text.read(false), { text: '10 ', truncated: true })
})

test('bytes that are no UTF-8 do not make the text larger than 64 KiB', async (t) => {
  const text = new BoundedText()
  text.add(Buffer.alloc(MAX_TEXT_BYTES, 0xff))
  const read = text.read(true)
  t.ok(Buffer.byteLength(read.text) <= MAX_TEXT_BYTES)
  t.equal(read.truncated, true)
  t.match(read.text, /^\uFFFD+$/)
})

test('no bytes are an empty text', async (t) => {
  t.same(new BoundedText().read(true), { text: '', truncated: false })
})
