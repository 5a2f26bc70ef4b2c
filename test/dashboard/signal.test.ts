import { test } from 'tap'
import { createReader, forgetReader, readBy } from '../../dashboard/src/signal/reader.ts'
import { computed, effect, signal } from '../../dashboard/src/signal/signal.ts'

test('what has read a signal acts again when it is another one, and only then', (t) => {
  const name = signal('a')
  const seen: string[] = []
  effect(() => void seen.push(name.value))
  name.value = 'b'
  name.value = 'b'
  t.same(seen, ['a', 'b'])
  t.end()
})

test('what was read the last time counts, and nothing before it', (t) => {
  const isLong = signal(false)
  const [short, long] = [signal('s'), signal('l')]
  const seen: string[] = []
  effect(() => void seen.push(isLong.value ? long.value : short.value))
  long.value = 'L'
  isLong.value = true
  short.value = 'S'
  long.value = 'LL'
  t.same(seen, ['s', 'L', 'LL'])
  t.end()
})

test('what is computed changes no more often than what comes of it', (t) => {
  const now = signal(59)
  const minute = computed(() => Math.floor(now.value / 60))
  const seen: number[] = []
  effect(() => void seen.push(minute.value))
  now.value = 60
  now.value = 61
  t.same(seen, [0, 1])
  t.equal(minute.value, 1)
  t.end()
})

test('who is forgotten hears nothing, and who failed reads for nobody else', (t) => {
  const told = signal(0)
  let heard = 0
  const reader = createReader(() => heard++)
  t.equal(
    readBy(reader, () => told.value),
    0
  )
  told.value = 1
  forgetReader(reader)
  told.value = 2
  t.equal(heard, 1)
  const fail = (): never => {
    throw new Error('It cannot be drawn.')
  }
  t.throws(() => readBy(reader, fail), { message: 'It cannot be drawn.' })
  t.equal(told.value, 2)
  told.value = 3
  t.equal(heard, 1)
  t.end()
})

test('one that is read within another leaves it what it reads', (t) => {
  const [outer, inner] = [signal(0), signal(0)]
  const seen: string[] = []
  effect(() => {
    effect(() => void seen.push(`inner ${inner.value}`))
    seen.push(`outer ${outer.value}`)
  })
  seen.length = 0
  outer.value = 1
  t.same(seen, ['inner 0', 'outer 1'])
  t.end()
})
