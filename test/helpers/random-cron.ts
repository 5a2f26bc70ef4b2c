import type { Random } from './random.ts'

const MONTHS = ['JAN', 'feb', 'Mar', 'JUN', 'OCT', 'NOV', 'DEC']

/** Most clocks are changed between eleven in the evening and four in the morning. */
const NIGHT = ['0', '1', '2', '3', '23', '0,2', '1-3', '22-23']
const WEEKDAYS = ['SUN', 'mon', 'Tue', 'WED', 'FRI', 'SAT']

/** An expression of any form the grammar has, save `H`, macros and prefixes; some never fire. */
export function randomExpression(random: Random): string {
  const fields = [
    timeField(random, 59),
    random.fraction() < 0.3 ? random.pick(NIGHT) : timeField(random, 23),
    random.fraction() < 0.6 ? '*' : dateField(random),
    random.fraction() < 0.75 ? '*' : monthField(random),
    random.fraction() < 0.6 ? '*' : weekdayField(random)
  ]
  if (random.fraction() < 0.2) fields.unshift(timeField(random, 59))
  return fields.join(' ')
}

function timeField(random: Random, max: number): string {
  const value = () => random.integer(0, max)
  const range = () => {
    const from = value()
    return `${from}-${random.integer(from, max)}`
  }
  const forms = [
    () => '*',
    () => String(value()),
    () => String(value()),
    () => `${value()},${value()},${value()}`,
    range,
    () => `*/${random.integer(1, max)}`,
    () => `${range()}/${random.integer(1, 20)}`,
    () => `${value()}/${random.integer(1, 20)}`,
    () => `${value()},${range()}`
  ]
  return random.pick(forms)()
}

function dateField(random: Random): string {
  const value = () => random.integer(1, 31)
  const forms = [
    () => '?',
    () => String(value()),
    () => 'L',
    () => 'LW',
    () => `${value()}W`,
    () => `${value()},L`,
    () => `15W,LW`,
    () => `${random.integer(1, 10)}-${random.integer(10, 31)}`,
    () => `*/${random.integer(1, 31)}`,
    () => `${value()}/${random.integer(1, 9)}`
  ]
  return random.pick(forms)()
}

function monthField(random: Random): string {
  const forms = [
    () => String(random.integer(1, 12)),
    () => random.pick(MONTHS),
    () => `${random.integer(1, 6)}-${random.integer(6, 12)}`,
    () => `*/${random.integer(1, 12)}`,
    () => `${random.pick(MONTHS)},${random.pick(MONTHS)}`
  ]
  return random.pick(forms)()
}

function weekdayField(random: Random): string {
  const forms = [
    () => '?',
    () => String(random.integer(0, 7)),
    () => random.pick(WEEKDAYS),
    () => 'MON-FRI',
    () => 'FRI-SUN',
    () => '5-7',
    () => `*/${random.integer(1, 7)}`,
    () => `${random.integer(0, 7)}#${random.integer(1, 5)}`,
    () => `${random.pick(WEEKDAYS)}L`,
    () => `${random.integer(0, 3)}-${random.integer(3, 7)}/2`,
    () => `${random.pick(WEEKDAYS)},${random.integer(0, 7)}#${random.integer(1, 5)}`
  ]
  return random.pick(forms)()
}
